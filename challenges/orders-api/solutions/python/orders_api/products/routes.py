from http import HTTPStatus
from typing import Annotated

from asyncpg import Record
from fastapi import APIRouter, Query, Response

from orders_api.auth import Admin, Anyone
from orders_api.conditions import IfMatch, etag
from orders_api.database import Pool
from orders_api.problems import Unprocessable, described
from orders_api.products import catalogue
from orders_api.products.models import (
    NewProduct,
    Product,
    ProductChange,
    ProductFilter,
    ProductPage,
    StockChange,
)

router = APIRouter(
    prefix="/products",
    tags=["products"],
    responses=described(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        Unprocessable.status,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
)


@router.post("", status_code=HTTPStatus.CREATED, responses=described(HTTPStatus.CONFLICT))
async def add_product(_: Admin, new: NewProduct, pool: Pool, response: Response) -> Product:
    response.headers["Location"] = f"/products/{new.sku}"
    return _shown(response, await catalogue.add(pool, new))


@router.get("")
async def list_products(
    _: Anyone, pool: Pool, wanted: Annotated[ProductFilter, Query()]
) -> ProductPage:
    return await catalogue.page(pool, wanted)


@router.get("/{sku}", responses=described(HTTPStatus.NOT_FOUND))
async def get_product(sku: str, _: Anyone, pool: Pool, response: Response) -> Product:
    return _shown(response, await catalogue.by_sku(pool, sku))


@router.patch(
    "/{sku}",
    responses=described(
        HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED
    ),
)
async def change_product(
    sku: str, _: Admin, change: ProductChange, condition: IfMatch, pool: Pool, response: Response
) -> Product:
    return _shown(response, await catalogue.change(pool, sku, change, condition))


@router.post("/{sku}/stock", responses=described(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
async def adjust_stock(
    sku: str, _: Admin, adjustment: StockChange, pool: Pool, response: Response
) -> Product:
    return _shown(response, await catalogue.adjust_stock(pool, sku, adjustment.change))


def _shown(response: Response, row: Record) -> Product:
    response.headers["ETag"] = etag(row["version"])
    return Product(**row)
