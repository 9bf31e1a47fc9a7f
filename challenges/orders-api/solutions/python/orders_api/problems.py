"""Errors as problem details (RFC 9457)."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Something that ends a request with an error which its sender may know about."""

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(Problem):
    status = HTTPStatus.NOT_FOUND


class Conflict(Problem):
    status = HTTPStatus.CONFLICT


class Unprocessable(Problem):
    # Its name is another one before Python 3.13.
    status = HTTPStatus(422)


class ProblemDetails(BaseModel):
    """What a problem looks like, for the service's description."""

    type: str
    title: str
    status: int
    detail: str


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE

    def __init__(
        self,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401  members of the problem's own, anything JSON can say
    ) -> None:
        title = HTTPStatus(status).phrase
        content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        super().__init__(content | more, status, headers)


def described(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """These problems, for the `responses` of a route."""
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {
        status: {"description": status.phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


async def _problem(_: Request, problem: Problem) -> ProblemResponse:
    return ProblemResponse(problem.status, problem.detail, problem.headers)


async def _http_exception(_: Request, error: HTTPException) -> ProblemResponse:
    return ProblemResponse(error.status_code, error.detail, error.headers)


async def _invalid_request(_: Request, invalid: RequestValidationError) -> ProblemResponse:
    errors = invalid.errors()
    if any(error["type"] == "json_invalid" for error in errors):
        return ProblemResponse(HTTPStatus.BAD_REQUEST, "The body is not JSON.")
    return ProblemResponse(
        Unprocessable.status,
        "The request is understood, but some of its values are not acceptable.",
        errors=[_place(*error["loc"]) | {"detail": error["msg"]} for error in errors],
    )


def _place(part: str, *path: str | int) -> dict[str, str]:
    if part == "body":
        return {"pointer": "#" + "".join(f"/{step}" for step in path)}
    return {"parameter": str(path[0])}


async def _database_away(_: Request, error: Exception) -> ProblemResponse:
    logger.error("the database is away: %r", error)
    return ProblemResponse(HTTPStatus.SERVICE_UNAVAILABLE, "Try again in a moment.")


async def _unexpected(_: Request, __: Exception) -> ProblemResponse:
    return ProblemResponse(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side.")


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    for away in (asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, OSError):
        app.add_exception_handler(away, _database_away)
    app.add_exception_handler(Exception, _unexpected)
