from typing import Annotated

from fastapi import APIRouter, Path

from app.database import Pool
from app.orders import shown, with_items
from app.paging import Limit, cut, read_cursor
from app.problems import not_found

router = APIRouter(prefix="/customers")


@router.get("")
async def find_customers(pool: Pool, email: str) -> dict:
    rows = await pool.fetch(
        """
        select id, email, name, country from customers
        where lower(email) = lower($1)
        order by id
        """,
        email,
    )
    return {"customers": [dict(row) for row in rows]}


@router.get("/{customer_id}/orders")
async def order_history(
    pool: Pool,
    customer_id: Annotated[int, Path(ge=1, le=2**63 - 1)],
    limit: Limit = 20,
    cursor: str | None = None,
) -> dict:
    if not await pool.fetchval("select exists (select from customers where id = $1)", customer_id):
        raise not_found("customer")
    offset = read_cursor(cursor)
    rows = await pool.fetch(
        """
        select id, customer_id, status, total_cents, placed_at from orders
        where customer_id = $1
        order by placed_at desc, id desc
        limit $2 offset $3
        """,
        customer_id,
        limit + 1,
        offset,
    )
    rows, next_cursor = cut(rows, offset, limit)
    orders = [await with_items(pool, shown(row)) for row in rows]
    return {"orders": orders, "next_cursor": next_cursor}
