"""Changes that do not overwrite each other: ETag and If-Match (RFC 9110, section 13.1.1)."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header

from orders_api.problems import Problem


class ConditionMissing(Problem):
    status = HTTPStatus.PRECONDITION_REQUIRED


class Stale(Problem):
    status = HTTPStatus.PRECONDITION_FAILED


def etag(version: int) -> str:
    return f'"{version}"'


@dataclass(frozen=True, slots=True)
class Condition:
    if_match: str

    def check(self, version: int) -> None:
        """Ask it of a locked row only: what is compared must be what is changed."""
        if self.if_match not in ("*", etag(version)):
            raise Stale("It has changed since you read it. Read it again, then decide.")


async def _condition(if_match: Annotated[str | None, Header()] = None) -> Condition:
    if if_match is None:
        raise ConditionMissing("Say with If-Match which ETag you want to change.")
    return Condition(if_match.strip())


IfMatch = Annotated[Condition, Depends(_condition)]
