"""What a request can be refused for, and how it is told."""

from starlette.requests import Request
from starlette.responses import JSONResponse


class Problem(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def invalid(message: str) -> Problem:
    return Problem(422, "invalid", message)


def not_found(what: str) -> Problem:
    return Problem(404, "not_found", f"There is no {what}.")


def conflict(code: str, message: str) -> Problem:
    return Problem(409, code, message)


async def refuse(_: Request, problem: Problem) -> JSONResponse:
    error = {"code": problem.code, "message": problem.message}
    return JSONResponse({"error": error}, problem.status)


async def no_such_path(request: Request, _: Exception) -> JSONResponse:
    return await refuse(request, not_found(f"path {request.url.path}"))


async def no_such_method(request: Request, _: Exception) -> JSONResponse:
    message = f"{request.method} is not possible here."
    return await refuse(request, Problem(405, "no_such_method", message))
