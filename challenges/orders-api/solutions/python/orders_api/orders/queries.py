"""Orders as they are read: rows in, models out. An owner is whose orders may be seen: None, all."""

from uuid import UUID

from asyncpg import Connection, Pool, Record
from pydantic import AwareDatetime

from orders_api.orders.models import Item, Order, OrderFilter, OrderPage
from orders_api.paging import Cursor, Ordering, cut

SELECT = """
    select orders.id, customer_id, status, created_at, version,
           subtotal_cents, discount_cents, shipping_cents, total_cents,
           skus, quantities, unit_prices
    from orders cross join lateral (
        select array_agg(sku order by sku) as skus,
               array_agg(quantity order by sku) as quantities,
               array_agg(unit_price_cents order by sku) as unit_prices
        from order_items where order_id = orders.id
    ) as items
"""

_cursor = Cursor(tuple[AwareDatetime, UUID])


async def by_id(database: Pool | Connection, owner: str | None, order_id: UUID) -> Order | None:
    row = await database.fetchrow(
        f"{SELECT} where orders.id = $1 and ($2::text is null or customer_id = $2)",
        order_id,
        owner,
    )
    return row and _order(row)


async def page(pool: Pool, owner: str | None, wanted: OrderFilter) -> OrderPage:
    """A page that begins right behind its cursor, whatever was placed since that was made."""
    ordering = Ordering(columns=("created_at", "orders.id"), descending=wanted.sort.startswith("-"))
    place = _cursor.read(wanted.cursor) if wanted.cursor is not None else (None, None)
    rows = await pool.fetch(
        f"""
        {SELECT}
        where ($1::text is null or customer_id = $1)
          and ($2::text is null or customer_id = $2)
          and ($3::text is null or status = $3)
          and ($4::timestamptz is null or created_at >= $4)
          and ($5::timestamptz is null or created_at < $5)
          and ($7::timestamptz is null or {ordering.behind(7)})
        order by {ordering.clause()}
        limit $6
        """,
        owner,
        wanted.customer_id,
        wanted.status,
        wanted.created_from,
        wanted.created_to,
        wanted.limit + 1,
        *place,
    )
    rows, last = cut(rows, wanted.limit)
    return OrderPage(
        orders=[_order(row) for row in rows],
        next_cursor=last and _cursor.write((last["created_at"], last["id"])),
    )


def _order(row: Record) -> Order:
    lines = zip(row["skus"], row["quantities"], row["unit_prices"], strict=True)
    items = [
        Item(sku=sku, quantity=quantity, unit_price_cents=price) for sku, quantity, price in lines
    ]
    return Order(**row, items=items)
