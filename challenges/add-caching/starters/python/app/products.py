import re
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response

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
    pool: Pool, pricing: Pricing, category: Identifier, customer: Customer = None
) -> dict:
    rows = await pool.fetch(
        """
        select sku, name, category, description from products
        where category = $1
        order by sku
        """,
        category,
    )
    return {
        "products": [
            dict(row) | {"price_cents": await pricing.price(row["sku"], customer)} for row in rows
        ]
    }


@router.get("/{sku}")
async def get_product(
    pool: Pool, pricing: Pricing, sku: ExistingSku, customer: Customer = None
) -> dict:
    row = await pool.fetchrow(
        "select sku, name, category, description from products where sku = $1", sku
    )
    if row is None:
        raise not_found("product")
    return dict(row) | {"price_cents": await pricing.price(sku, customer)}


@router.put("/{sku}")
async def put_product(
    pool: Pool,
    pricing: Pricing,
    sku: Identifier,
    product: NewProduct,
    response: Response,
    customer: Customer = None,
) -> dict:
    # Asked for first, so that nothing is written when Pricing fails.
    price_cents = await pricing.price(sku, customer)
    made = await pool.fetchval(
        """
        insert into products (sku, name, category, description) values ($1, $2, $3, $4)
        on conflict (sku) do update
        set (name, category, description) = (excluded.name, excluded.category, excluded.description)
        returning xmax = 0
        """,
        sku,
        product.name,
        product.category,
        product.description,
    )
    response.status_code = HTTPStatus.CREATED if made else HTTPStatus.OK
    return {"sku": sku, **product.model_dump(), "price_cents": price_cents}


@router.delete("/{sku}", status_code=HTTPStatus.NO_CONTENT)
async def delete_product(pool: Pool, sku: ExistingSku) -> None:
    if not await pool.fetchval("delete from products where sku = $1 returning true", sku):
        raise not_found("product")
