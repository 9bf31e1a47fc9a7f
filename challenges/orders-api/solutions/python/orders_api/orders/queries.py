"""Orders as they are read: rows in, models out, always within one customer's own."""

from uuid import UUID

from asyncpg import Connection, Pool, Record

from orders_api.orders.models import Item, Order

SELECT = """
    select orders.id, customer_id, status, total_cents, created_at, skus, quantities, unit_prices
    from orders cross join lateral (
        select array_agg(sku order by sku) as skus,
               array_agg(quantity order by sku) as quantities,
               array_agg(unit_price_cents order by sku) as unit_prices
        from order_items where order_id = orders.id
    ) as items
"""


async def by_id(database: Pool | Connection, customer_id: str, order_id: UUID) -> Order | None:
    row = await database.fetchrow(
        f"{SELECT} where orders.id = $1 and customer_id = $2", order_id, customer_id
    )
    return row and _order(row)


async def by_key(database: Pool | Connection, customer_id: str, key: str) -> Order | None:
    row = await database.fetchrow(
        f"{SELECT} where customer_id = $1 and idempotency_key = $2", customer_id, key
    )
    return row and _order(row)


async def newest(
    database: Pool | Connection, customer_id: str, before: Order | None, limit: int
) -> list[Order]:
    """A page that begins right behind `before`, whatever was placed since that was read."""
    rows = await database.fetch(
        f"""
        {SELECT}
        where customer_id = $1
          and (created_at, orders.id) < (coalesce($2, 'infinity'::timestamptz), $3::uuid)
        order by created_at desc, orders.id desc
        limit $4
        """,
        customer_id,
        before and before.created_at,
        before and before.id,
        limit,
    )
    return [_order(row) for row in rows]


def _order(row: Record) -> Order:
    lines = zip(row["skus"], row["quantities"], row["unit_prices"], strict=True)
    return Order(
        id=row["id"],
        customer_id=row["customer_id"],
        status=row["status"],
        items=[
            Item(sku=sku, quantity=quantity, unit_price_cents=price)
            for sku, quantity, price in lines
        ],
        total_cents=row["total_cents"],
        created_at=row["created_at"],
    )
