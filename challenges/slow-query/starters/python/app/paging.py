"""Lists in pages. A cursor says how many rows the pages before have shown."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query

from app.problems import invalid

Limit = Annotated[int, Query(ge=1, le=500)]


def read_cursor(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 9):
        raise invalid("cursor must be the next_cursor of the page before.")
    return int(cursor)


def cut[T](rows: Sequence[T], offset: int, limit: int) -> tuple[Sequence[T], str | None]:
    """The page's rows, of which one more than `limit` was asked for, and the next page's cursor."""
    if len(rows) > limit:
        return rows[:limit], str(offset + limit)
    return rows, None
