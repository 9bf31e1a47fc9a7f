from http import HTTPStatus

from fastapi.responses import JSONResponse


class Problem(JSONResponse):
    """An error as RFC 9457 has it."""

    media_type = "application/problem+json"

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(
            {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail},
            status,
        )
