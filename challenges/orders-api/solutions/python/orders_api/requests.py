"""How requests are read: bodies to the letter, queries as the texts that they are."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

# PostgreSQL stores and compares any text but U+0000.
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _instant(value: object) -> datetime:
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise ValueError("a time is written as RFC 3339 has it, with its offset")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time is out of range") from error


Instant = Annotated[datetime, BeforeValidator(_instant)]


class Body(BaseModel):
    """Types are taken at their word (`"3"` is no number), and unknown fields are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
