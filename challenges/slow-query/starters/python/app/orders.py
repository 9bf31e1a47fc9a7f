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
    offset = read_cursor(cursor)
    rows = await pool.fetch(
        """
        select id, customer_id, status, total_cents, placed_at from orders
        where ($1::text is null or status = $1)
        order by placed_at, id
        limit $2 offset $3
        """,
        status,
        limit + 1,
        offset,
    )
    rows, next_cursor = cut(rows, offset, limit)
    return {"orders": [shown(row) for row in rows], "next_cursor": next_cursor}


@router.post("", status_code=HTTPStatus.CREATED)
async def place_order(pool: Pool, new: NewOrder) -> dict:
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(
            "select exists (select from customers where id = $1)", new.customer_id
        ):
            raise invalid("There is no such customer.")
        order_id = await connection.fetchval(
            """
            insert into orders (customer_id, status, total_cents) values ($1, 'pending', 0)
            returning id
            """,
            new.customer_id,
        )
        for line, item in enumerate(new.items, start=1):
            product = await connection.fetchrow(
                "select id, price_cents from products where sku = $1", item.sku
            )
            if product is None:
                raise invalid(f"There is no product {item.sku}.")
            await connection.execute(
                "insert into order_items values ($1, $2, $3, $4, $5)",
                order_id,
                line,
                product["id"],
                item.quantity,
                product["price_cents"],
            )
        await connection.execute(
            """
            update orders
            set total_cents = (select sum(quantity * unit_price_cents) from order_items
                               where order_id = $1)
            where id = $1
            """,
            order_id,
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
    return await with_items(database, shown(row))


def shown(row: Record) -> dict:
    return dict(row) | {"placed_at": row["placed_at"].strftime("%Y-%m-%dT%H:%M:%SZ")}


async def with_items(database: Pool | Connection, order: dict) -> dict:
    items = await database.fetch(
        """
        select line, sku, name, quantity, unit_price_cents
        from order_items join products on products.id = product_id
        where order_id = $1
        order by line
        """,
        order["id"],
    )
    return order | {"items": [dict(item) for item in items]}
