from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import database, price_changes, pricing, problems, products


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with (
        database.open_pool() as app.state.pool,
        pricing.open_client() as app.state.pricing,
    ):
        yield


app = FastAPI(title="Catalogue", lifespan=lifespan, redirect_slashes=False)
problems.install(app)
app.include_router(products.router)
app.include_router(price_changes.router)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
