"""Who is calling: bearer tokens (JWT, HS256) and the roles that they carry."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, ClassVar

import jwt
from fastapi import Depends, Request

from orders_api.problems import Problem


class Unauthenticated(Problem):
    status = HTTPStatus.UNAUTHORIZED
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class Forbidden(Problem):
    status = HTTPStatus.FORBIDDEN


@dataclass(frozen=True, slots=True)
class Caller:
    id: str
    role: str


async def authenticated(request: Request) -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("Send a bearer token.")
    try:
        claims = jwt.decode(
            token,
            request.app.state.settings.auth_secret,
            algorithms=["HS256"],
            options={"require": ["sub", "role", "exp"]},
        )
    except jwt.InvalidTokenError as error:
        raise Unauthenticated("The token is not valid.") from error
    return Caller(id=claims["sub"], role=claims["role"])


def _with_role(role: str) -> Callable[[Caller], Awaitable[Caller]]:
    async def allowed(caller: Annotated[Caller, Depends(authenticated)]) -> Caller:
        if caller.role != role:
            raise Forbidden(f"This is for the role {role}.")
        return caller

    return allowed


Admin = Annotated[Caller, Depends(_with_role("admin"))]
Customer = Annotated[Caller, Depends(_with_role("customer"))]
