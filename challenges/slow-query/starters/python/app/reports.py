from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from app.database import Pool
from app.problems import invalid

router = APIRouter(prefix="/reports")

Day = Annotated[str, Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
LONGEST = timedelta(days=92)


@router.get("/orders")
async def count_orders(pool: Pool) -> dict:
    """How many orders there are, and how many of each status."""
    rows = await pool.fetch("select status, count(*) as orders from orders group by status")
    by_status = {row["status"]: row["orders"] for row in rows}
    return {
        "orders": await pool.fetchval("select count(*) from orders"),
        "by_status": {
            status: by_status.get(status, 0)
            for status in ("pending", "paid", "shipped", "returned", "cancelled")
        },
    }


@router.get("/days")
async def sales_by_day(
    pool: Pool, first: Annotated[Day, Query(alias="from")], end: Annotated[Day, Query(alias="to")]
) -> dict:
    """What was sold on each day (UTC) from one on and before another."""
    first, end = _date("from", first), _date("to", end)
    if not first < end <= first + LONGEST:
        raise invalid("to must be 1 to 92 days after from.")
    rows = await pool.fetch(
        """
        select date(placed_at at time zone 'UTC') as day, count(*) as orders,
               sum(total_cents)::bigint as revenue_cents
        from orders
        where date(placed_at at time zone 'UTC') >= $1
          and date(placed_at at time zone 'UTC') < $2
          and status <> 'cancelled'
        group by day
        order by day
        """,
        first,
        end,
    )
    return {"days": [dict(row) | {"day": row["day"].isoformat()} for row in rows]}


@router.get("/products")
async def sales_by_product(pool: Pool, category: str) -> dict:
    """What was ordered of each product of a category, whatever became of the order."""
    rows = await pool.fetch(
        """
        select sku, name,
               (select coalesce(sum(quantity), 0)::bigint from order_items
                where product_id = products.id) as units,
               (select coalesce(sum(quantity * unit_price_cents), 0)::bigint from order_items
                where product_id = products.id) as revenue_cents
        from products
        where category = $1
        order by sku
        """,
        category,
    )
    return {"products": [dict(row) for row in rows]}


def _date(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise invalid(f"{name} must be a day such as 2023-05-17.") from error
