"""Who is calling: bearer tokens (JWT, HS256) and the roles that they carry."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, ClassVar

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from orders_api.problems import Problem


class Unauthenticated(Problem):
    status = HTTPStatus.UNAUTHORIZED
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class Forbidden(Problem):
    status = HTTPStatus.FORBIDDEN


class Role(StrEnum):
    CUSTOMER = "customer"
    ADMIN = "admin"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Caller:
    id: str
    role: str

    @property
    def sees_orders_of(self) -> str | None:
        """The one customer whose orders the caller may see, or None for everybody's."""
        return None if self.role == Role.SUPPORT else self.id


_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT")


async def _authenticated(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    if credentials is None:
        raise Unauthenticated("Send a bearer token.")
    try:
        claims = jwt.decode(
            credentials.credentials,
            request.app.state.settings.auth_secret,
            algorithms=["HS256"],
            options={"require": ["sub", "role", "exp"]},
        )
    except jwt.InvalidTokenError as error:
        raise Unauthenticated("The token is not valid.") from error
    return Caller(id=claims["sub"], role=claims["role"])


def _of_role(*roles: Role) -> Callable[[Caller], Awaitable[Caller]]:
    async def allowed(caller: Annotated[Caller, Depends(_authenticated)]) -> Caller:
        if caller.role not in roles:
            raise Forbidden(f"This is for the role {' or '.join(roles)}.")
        return caller

    return allowed


Anyone = Annotated[Caller, Depends(_of_role(*Role))]
Admin = Annotated[Caller, Depends(_of_role(Role.ADMIN))]
Customer = Annotated[Caller, Depends(_of_role(Role.CUSTOMER))]
Reader = Annotated[Caller, Depends(_of_role(Role.CUSTOMER, Role.SUPPORT))]
