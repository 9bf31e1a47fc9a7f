import re
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app import keys
from app.answers import current
from app.cache import Cache
from app.database import Pool
from app.pricing import Pricing
from app.problems import not_found
from app.rules import IDENTIFIER, Body, Customer, Description, Identifier, Name

router = APIRouter(prefix="/products")


class NewProduct(Body):
    name: Name
    category: Identifier
    description: Description


async def _existing_sku(sku: str) -> str:
    """A sku that breaks its rule is one that no product has."""
    if not re.fullmatch(IDENTIFIER, sku):
        raise not_found("product")
    return sku


ExistingSku = Annotated[str, Depends(_existing_sku)]


@router.get("")
async def list_products(
    request: Request,
    pool: Pool,
    cache: Cache,
    pricing: Pricing,
    category: Identifier,
    customer: Customer = None,
) -> Response:
    rows = await cache.get(keys.category(category), partial(_in_category, pool, category))
    prices = await pricing.prices([row["sku"] for row in rows], customer)
    products = [row | {"price_cents": prices[row["sku"]]} for row in rows]
    return current(request, customer, {"products": products})


@router.get("/{sku}")
async def get_product(
    request: Request,
    pool: Pool,
    cache: Cache,
    pricing: Pricing,
    sku: ExistingSku,
    customer: Customer = None,
) -> Response:
    row = await cache.get(keys.product(sku), partial(_by_sku, pool, sku))
    if row is None:
        raise not_found("product")
    prices = await pricing.prices([sku], customer)
    return current(request, customer, row | {"price_cents": prices[sku]})


@router.put("/{sku}")
async def put_product(
    pool: Pool,
    cache: Cache,
    pricing: Pricing,
    sku: Identifier,
    product: NewProduct,
    response: Response,
    customer: Customer = None,
) -> dict:
    # Asked for first, so that nothing is written when Pricing fails.
    prices = await pricing.prices([sku], customer)
    before = await _write(pool, sku, product)
    lists = {product.category, before or product.category}
    await cache.forget(keys.product(sku), *map(keys.category, lists))
    response.status_code = HTTPStatus.OK if before else HTTPStatus.CREATED
    return {"sku": sku, **product.model_dump(), "price_cents": prices[sku]}


@router.delete("/{sku}", status_code=HTTPStatus.NO_CONTENT)
async def delete_product(pool: Pool, cache: Cache, sku: ExistingSku) -> None:
    category = await pool.fetchval("delete from products where sku = $1 returning category", sku)
    if category is None:
        raise not_found("product")
    await cache.forget(keys.product(sku), keys.category(category))


async def _in_category(pool: Pool, category: str) -> list[dict]:
    rows = await pool.fetch(
        """
        select sku, name, category, description from products
        where category = $1
        order by sku
        """,
        category,
    )
    return [dict(row) for row in rows]


async def _by_sku(pool: Pool, sku: str) -> dict | None:
    row = await pool.fetchrow(
        "select sku, name, category, description from products where sku = $1", sku
    )
    return row and dict(row)


async def _write(pool: Pool, sku: str, product: NewProduct) -> str | None:
    """Makes or replaces it, and gives the category of the one that was replaced."""
    values = (sku, product.name, product.category, product.description)
    # A single statement would not see the category of a product that somebody else makes meanwhile.
    # It is tried again only if others make it and delete it in between.
    while True:
        before = await pool.fetchval(
            """
            update products set name = $2, category = $3, description = $4
            from (select sku, category from products where sku = $1 for update) as before
            where products.sku = before.sku
            returning before.category
            """,
            *values,
        )
        if before is not None:
            return before
        made = await pool.fetchval(
            """
            insert into products (sku, name, category, description) values ($1, $2, $3, $4)
            on conflict (sku) do nothing
            returning true
            """,
            *values,
        )
        if made:
            return None
