from http import HTTPStatus
from typing import Annotated, Literal

from asyncpg import Connection, Record
from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from app.database import Pool
from app.paging import Limit, cut, read_cursor
from app.problems import invalid, not_found

router = APIRouter(prefix="/orders")

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Status = Literal["pending", "paid", "shipped", "returned", "cancelled"]


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class NewItem(Body):
    sku: Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")]
    quantity: Annotated[int, Field(ge=1, le=1000)]


class NewOrder(Body):
    customer_id: Annotated[int, Field(ge=1, le=2**63 - 1)]
    items: Annotated[list[NewItem], Field(min_length=1, max_length=50)]


class StatusChange(Body):
    status: Status


@router.get("")
async def list_orders(
    pool: Pool, status: Status | None = None, limit: Limit = 20, cursor: str | None = None
) -> dict:
    conditions, values = ["true"], [limit + 1]
    if status is not None:
        conditions.append("status = $2")
        values.append(status)
    if place := read_cursor(cursor):
        conditions.append(f"(placed_at, id) > (${len(values) + 1}, ${len(values) + 2})")
        values.extend(place)
    # A text for each case instead of `$2 is null or ...`, so that each has the plan that fits it.
    rows = await pool.fetch(
        f"""
        select id, customer_id, status, total_cents, placed_at from orders
        where {" and ".join(conditions)}
        order by placed_at, id
        limit $1
        """,
        *values,
    )
    rows, next_cursor = cut(rows, limit)
    return {"orders": [shown(row) for row in rows], "next_cursor": next_cursor}


@router.post("", status_code=HTTPStatus.CREATED)
async def place_order(pool: Pool, new: NewOrder) -> dict:
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(
            "select exists (select from customers where id = $1)", new.customer_id
        ):
            raise invalid("There is no such customer.")
        products = await connection.fetch(
            "select id, sku, price_cents from products where sku = any($1::text[])",
            [item.sku for item in new.items],
        )
        products = {product["sku"]: product for product in products}
        for item in new.items:
            if item.sku not in products:
                raise invalid(f"There is no product {item.sku}.")
        order_id = await connection.fetchval(
            """
            insert into orders (customer_id, status, total_cents) values ($1, 'pending', $2)
            returning id
            """,
            new.customer_id,
            sum(item.quantity * products[item.sku]["price_cents"] for item in new.items),
        )
        await connection.execute(
            """
            insert into order_items (order_id, line, product_id, quantity, unit_price_cents)
            select $1, line, product_id, quantity, unit_price_cents
            from unnest($2::int[], $3::int[], $4::bigint[])
                with ordinality as item (product_id, quantity, unit_price_cents, line)
            """,
            order_id,
            [products[item.sku]["id"] for item in new.items],
            [item.quantity for item in new.items],
            [products[item.sku]["price_cents"] for item in new.items],
        )
        return await by_id(connection, order_id)


@router.get("/{order_id}")
async def get_order(pool: Pool, order_id: Id) -> dict:
    return await by_id(pool, order_id)


@router.put("/{order_id}/status")
async def change_status(pool: Pool, order_id: Id, change: StatusChange) -> dict:
    await pool.execute("update orders set status = $2 where id = $1", order_id, change.status)
    return await by_id(pool, order_id)


async def by_id(database: Pool | Connection, order_id: int) -> dict:
    row = await database.fetchrow(
        "select id, customer_id, status, total_cents, placed_at from orders where id = $1", order_id
    )
    if row is None:
        raise not_found("order")
    (order,) = await with_items(database, [shown(row)])
    return order


def shown(row: Record) -> dict:
    return dict(row) | {"placed_at": row["placed_at"].strftime("%Y-%m-%dT%H:%M:%SZ")}


async def with_items(database: Pool | Connection, orders: list[dict]) -> list[dict]:
    """The orders with their items, which are read all at once."""
    rows = await database.fetch(
        """
        select order_id, line, sku, name, quantity, unit_price_cents
        from order_items join products on products.id = product_id
        where order_id = any($1::bigint[])
        order by order_id, line
        """,
        [order["id"] for order in orders],
    )
    items = {order["id"]: [] for order in orders}
    for row in rows:
        item = dict(row)
        items[item.pop("order_id")].append(item)
    return [order | {"items": items[order["id"]]} for order in orders]
