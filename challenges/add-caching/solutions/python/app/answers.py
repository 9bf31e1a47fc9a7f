"""Answers that clients may keep, if they ask each time whether they are current (RFC 9110)."""

import hashlib
import re
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

# A comma may be part of a tag.
_OPAQUE_TAG = re.compile(r'(?:W/)?("[^"]*")')


def current(request: Request, customer: str | None, content: Any) -> Response:
    """The answer, or that the client has it already."""
    answer = JSONResponse(content)
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Vary": "X-Customer",
        "Cache-Control": f"{'public' if customer is None else 'private'}, no-cache",
    }
    if _matches(", ".join(request.headers.getlist("If-None-Match")), tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    answer.headers.update(headers)
    return answer


def _matches(if_none_match: str, tag: str) -> bool:
    return if_none_match.strip() == "*" or tag in _OPAQUE_TAG.findall(if_none_match)
