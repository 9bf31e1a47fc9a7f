from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import customers, database, orders, problems, reports


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with database.open_pool() as pool:
        app.state.pool = pool
        yield


app = FastAPI(title="Order history", lifespan=lifespan)
problems.install(app)
app.include_router(customers.router)
app.include_router(orders.router)
app.include_router(reports.router)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
