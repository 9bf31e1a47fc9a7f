from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from orders_api import database, health, problems
from orders_api.orders import routes as orders
from orders_api.products import routes as products
from orders_api.settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.settings = Settings.from_environment()
    async with database.open_pool(app.state.settings.database_url) as pool:
        await database.migrate(pool)
        app.state.pool = pool
        yield


# The contract is openapi.yaml, written by hand; a second one, generated, would only drift from it.
app = FastAPI(title="Orders", lifespan=lifespan, openapi_url=None)
problems.install(app)
app.include_router(health.router)
app.include_router(products.router)
app.include_router(orders.router)
