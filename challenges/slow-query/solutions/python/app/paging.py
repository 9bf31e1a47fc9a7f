"""Lists in pages. A cursor is the place of the last order that was shown: its time and its id."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from asyncpg import Record
from fastapi import Query

from app.problems import invalid

Limit = Annotated[int, Query(ge=1, le=500)]

_CURSOR = re.compile(r"([0-9]{1,11})-([0-9]{1,18})", re.ASCII)


def read_cursor(cursor: str | None) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    match = _CURSOR.fullmatch(cursor)
    if not match:
        raise invalid("cursor must be the next_cursor of the page before.")
    return datetime.fromtimestamp(int(match[1]), UTC), int(match[2])


def cut(rows: Sequence[Record], limit: int) -> tuple[Sequence[Record], str | None]:
    """The page's rows, of which one more than `limit` was asked for, and the next page's cursor."""
    if len(rows) > limit:
        last = rows[limit - 1]
        return rows[:limit], f"{int(last['placed_at'].timestamp())}-{last['id']}"
    return rows, None
