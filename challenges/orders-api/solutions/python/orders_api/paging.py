"""Pages by keyset: a cursor is the place of a page's last row; the next page begins behind it."""

import base64
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, TypeAdapter, ValidationError

from orders_api.problems import Unprocessable

Place = TypeVar("Place", bound=tuple)
Row = TypeVar("Row")


class Paging(BaseModel):
    limit: Annotated[int, Query(ge=1, le=100)] = 20
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Ordering:
    """Columns that together are unique, so that every row has a place of its own."""

    columns: tuple[str, ...]
    descending: bool

    def behind(self, parameter: int) -> str:
        """The condition for a row behind the place in the parameters from this number on."""
        place = ", ".join(f"${parameter + index}" for index in range(len(self.columns)))
        return f"({', '.join(self.columns)}) {'<' if self.descending else '>'} ({place})"

    def clause(self) -> str:
        direction = "desc" if self.descending else "asc"
        return ", ".join(f"{column} {direction}" for column in self.columns)


class Cursor(Generic[Place]):
    """Writes places as opaque texts and reads them again."""

    def __init__(self, place: type[Place]) -> None:
        self._place = TypeAdapter(place)

    def write(self, place: Place) -> str:
        return base64.urlsafe_b64encode(self._place.dump_json(place)).decode().rstrip("=")

    def read(self, text: str) -> Place:
        try:
            padded = text + "=" * (-len(text) % 4)
            return self._place.validate_json(base64.b64decode(padded, altchars="-_", validate=True))
        except (ValueError, ValidationError) as error:
            raise Unprocessable("The cursor is not one of ours.") from error


def cut(rows: list[Row], limit: int) -> tuple[list[Row], Row | None]:
    """Of one row more than the limit: the page, and its last row if there is a next page."""
    page = rows[:limit]
    return page, page[-1] if len(rows) > limit else None
