"""Errors as problem details (RFC 9457)."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException


class Problem(Exception):
    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Unavailable(Problem):
    def __init__(self, detail: str) -> None:
        super().__init__(503, detail)


def not_found(what: str) -> Problem:
    return Problem(404, f"There is no such {what}.")


def _answer(status: int, detail: str) -> JSONResponse:
    return JSONResponse(
        {"title": HTTPStatus(status).phrase, "status": status, "detail": detail},
        status,
        media_type="application/problem+json",
    )


def install(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> JSONResponse:
        return _answer(error.status, error.detail)

    @app.exception_handler(HTTPException)
    async def http_exception(_: Request, error: HTTPException) -> JSONResponse:
        return _answer(error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def refused(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        # An empty body is no JSON; `null` is, and is reported as missing, too.
        empty = first["loc"] == ("body",) and not await request.body()
        if empty or first["type"] == "json_invalid":
            return _answer(400, "The body is not JSON.")
        return _answer(422, f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
