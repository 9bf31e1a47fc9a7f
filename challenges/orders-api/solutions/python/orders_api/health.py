from asyncio import timeout
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from orders_api import problems
from orders_api.database import Pool

router = APIRouter(tags=["service"])

# Whoever asks for readiness asks again soon; the answer must come before that.
PATIENCE_SECONDS = 2


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    status: Literal["ready"] = "ready"


@router.get("/health")
async def health() -> Health:
    """Whether the process lives: a restart would cure nothing that its database has."""
    return Health()


@router.get("/ready", responses=problems.described(HTTPStatus.SERVICE_UNAVAILABLE))
async def ready(pool: Pool) -> Readiness:
    """Whether orders can be served, which takes the database."""
    async with timeout(PATIENCE_SECONDS):
        await pool.execute("select 1")
    return Readiness()
