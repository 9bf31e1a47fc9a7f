from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from orders_api import database, health, problems
from orders_api.description import describe
from orders_api.orders import routes as orders
from orders_api.products import routes as products
from orders_api.settings import Settings
from orders_api.tracing import Traced


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.settings = Settings.from_environment()
    async with database.open_pool(app.state.settings.database_url) as pool:
        await database.migrate(pool)
        app.state.pool = pool
        yield


app = FastAPI(title="Orders", version="1.0.0", lifespan=lifespan, redirect_slashes=False)
problems.install(app)
app.include_router(health.router)
app.include_router(products.router)
app.include_router(orders.router)
describe(app)

service = Traced(app)
