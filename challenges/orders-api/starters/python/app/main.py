from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI

from app import database
from app.problems import Problem


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with database.open_pool() as pool:
        await database.migrate(pool)
        app.state.pool = pool
        yield


app = FastAPI(title="Orders", lifespan=lifespan)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


# From here on it is yours. Each of these answers 501 until you write it.


@app.get("/ready")
async def ready() -> Problem:
    return _not_built_yet("Readiness")


@app.post("/products")
async def add_product() -> Problem:
    return _not_built_yet("Adding a product")


@app.get("/products")
async def list_products() -> Problem:
    return _not_built_yet("Listing products")


@app.get("/products/{sku}")
async def get_product(sku: str) -> Problem:
    return _not_built_yet("Showing a product")


@app.patch("/products/{sku}")
async def change_product(sku: str) -> Problem:
    return _not_built_yet("Changing a product")


@app.post("/products/{sku}/stock")
async def adjust_stock(sku: str) -> Problem:
    return _not_built_yet("Adjusting stock")


@app.post("/orders")
async def place_order() -> Problem:
    return _not_built_yet("Placing an order")


@app.get("/orders")
async def list_orders() -> Problem:
    return _not_built_yet("Listing orders")


@app.get("/orders/{order_id}")
async def get_order(order_id: str) -> Problem:
    return _not_built_yet("Showing an order")


@app.patch("/orders/{order_id}")
async def change_order(order_id: str) -> Problem:
    return _not_built_yet("Changing an order")


@app.post("/orders/{order_id}/cancel")
async def cancel_order(order_id: str) -> Problem:
    return _not_built_yet("Cancelling an order")


def _not_built_yet(what: str) -> Problem:
    return Problem(HTTPStatus.NOT_IMPLEMENTED, f"{what} is not built yet.")
