from http import HTTPStatus

from asyncpg import Record
from fastapi import APIRouter, Depends, Response

from orders_api.auth import Admin, authenticated
from orders_api.database import Pool
from orders_api.problems import Conflict, NotFound
from orders_api.products.models import NewProduct, Product, ProductChange

router = APIRouter(prefix="/products")


@router.post("", status_code=HTTPStatus.CREATED)
async def add_product(_: Admin, new: NewProduct, pool: Pool, response: Response) -> Product:
    row = await pool.fetchrow(
        """
        insert into products (sku, name, price_cents, stock) values ($1, $2, $3, $4)
        on conflict (sku) do nothing
        returning sku, name, price_cents, stock
        """,
        new.sku,
        new.name,
        new.price_cents,
        new.stock,
    )
    if row is None:
        raise Conflict(f"There is a product {new.sku} already.")
    response.headers["Location"] = f"/products/{new.sku}"
    return Product(**row)


@router.get("/{sku}", dependencies=[Depends(authenticated)])
async def get_product(sku: str, pool: Pool) -> Product:
    return _found(
        await pool.fetchrow(
            "select sku, name, price_cents, stock from products where sku = $1", _text(sku)
        )
    )


@router.patch("/{sku}")
async def change_product(sku: str, _: Admin, change: ProductChange, pool: Pool) -> Product:
    return _found(
        await pool.fetchrow(
            """
            update products set name = coalesce($2, name), price_cents = coalesce($3, price_cents)
            where sku = $1
            returning sku, name, price_cents, stock
            """,
            _text(sku),
            change.name,
            change.price_cents,
        )
    )


def _text(sku: str) -> str:
    # A path may carry U+0000, which PostgreSQL refuses to compare with anything.
    if "\0" in sku:
        raise NotFound("There is no such product.")
    return sku


def _found(row: Record | None) -> Product:
    if row is None:
        raise NotFound("There is no such product.")
    return Product(**row)
