"""The rules of what is sent to us."""

from typing import Annotated

from fastapi import Header
from pydantic import BaseModel, ConfigDict, StringConstraints

IDENTIFIER = r"^[A-Za-z0-9_-]{1,64}$"
# PostgreSQL cannot store NUL characters.
_TEXT = r"^[^\x00]*$"

Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_TEXT)]
Description = Annotated[str, StringConstraints(max_length=5000, pattern=_TEXT)]

Customer = Annotated[Identifier | None, Header(alias="X-Customer")]


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
