"""What changes orders and stock; each change is one transaction.

Every one of them locks the order's row first and its products after.
"""

import json
from collections.abc import Mapping
from uuid import UUID, uuid4

from asyncpg import Connection, Pool

from orders_api.conditions import Condition
from orders_api.orders import queries
from orders_api.orders.models import Item, Order, Status, WantedItems
from orders_api.orders.pricing import Amounts
from orders_api.problems import Conflict, NotFound, Unprocessable
from orders_api.products import stock


class KeyReused(Unprocessable):
    pass


class AlreadyCancelled(Conflict):
    pass


async def place(
    pool: Pool, customer_id: str, new: WantedItems, key: str | None
) -> tuple[Order, bool]:
    """Returns the order of this key, and whether it was made just now."""
    order_id, quantities = uuid4(), new.quantities()
    async with pool.acquire() as connection, connection.transaction():
        made = await _claim(connection, order_id, customer_id, key, quantities)
        if made:
            prices = await stock.exchange(connection, back={}, out=quantities)
            await _fill(connection, order_id, quantities, prices)
        else:
            order_id = await _made_with(connection, customer_id, key, quantities)
        return await queries.by_id(connection, customer_id, order_id), made


async def change(
    pool: Pool, customer_id: str, order_id: UUID, wanted: WantedItems, condition: Condition
) -> Order:
    quantities = wanted.quantities()
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "select from orders where id = $1 and customer_id = $2 for no key update",
            order_id,
            customer_id,
        )
        # Read after the lock is held, and not with it: a row that was waited for is new, but what
        # a query joins to it is as old as the query.
        order = _found(await queries.by_id(connection, customer_id, order_id))
        condition.check(order.version)
        if order.status == Status.CANCELLED:
            raise AlreadyCancelled("A cancelled order cannot be changed.")
        prices = await stock.exchange(connection, back=order.quantities(), out=quantities)
        await connection.execute("delete from order_items where order_id = $1", order_id)
        await _fill(connection, order_id, quantities, prices | order.prices())
        await connection.execute("update orders set version = version + 1 where id = $1", order_id)
        return await queries.by_id(connection, customer_id, order_id)


async def cancel(pool: Pool, customer_id: str, order_id: UUID) -> Order:
    async with pool.acquire() as connection, connection.transaction():
        # Of many that cancel at once, one finds it confirmed; the others wait for that one's end.
        changed = await connection.fetchval(
            """
            update orders set status = 'cancelled', version = version + 1
            where id = $1 and customer_id = $2 and status = 'confirmed'
            returning true
            """,
            order_id,
            customer_id,
        )
        order = _found(await queries.by_id(connection, customer_id, order_id))
        if not changed:
            raise AlreadyCancelled("The order is cancelled already.")
        await stock.exchange(connection, back=order.quantities(), out={})
    return order


async def _claim(
    connection: Connection,
    order_id: UUID,
    customer_id: str,
    key: str | None,
    quantities: Mapping[str, int],
) -> bool:
    # The order's row comes first: a retry at the same moment waits here until this transaction
    # ends, and finds the order, or, had it failed, takes its place.
    claimed = await connection.fetchval(
        """
        insert into orders (id, customer_id, status, subtotal_cents, discount_cents,
                            shipping_cents, total_cents, idempotency_key, first_quantities)
        values ($1, $2, 'confirmed', 0, 0, 0, 0, $3, $4)
        on conflict (customer_id, idempotency_key) do nothing
        returning true
        """,
        order_id,
        customer_id,
        key,
        json.dumps(quantities),
    )
    return claimed is not None


async def _made_with(
    connection: Connection, customer_id: str, key: str, quantities: Mapping[str, int]
) -> UUID:
    row = await connection.fetchrow(
        "select id, first_quantities from orders where customer_id = $1 and idempotency_key = $2",
        customer_id,
        key,
    )
    if json.loads(row["first_quantities"]) != quantities:
        raise KeyReused("This Idempotency-Key was used for an order of other items.")
    return row["id"]


async def _fill(
    connection: Connection,
    order_id: UUID,
    quantities: Mapping[str, int],
    prices: Mapping[str, int],
) -> None:
    items = [
        Item(sku=sku, quantity=quantity, unit_price_cents=prices[sku])
        for sku, quantity in quantities.items()
    ]
    await connection.executemany(
        """
        insert into order_items (order_id, sku, quantity, unit_price_cents)
        values ($1, $2, $3, $4)
        """,
        [(order_id, item.sku, item.quantity, item.unit_price_cents) for item in items],
    )
    amounts = Amounts.of(items)
    await connection.execute(
        """
        update orders
        set subtotal_cents = $2, discount_cents = $3, shipping_cents = $4, total_cents = $5
        where id = $1
        """,
        order_id,
        amounts.subtotal_cents,
        amounts.discount_cents,
        amounts.shipping_cents,
        amounts.total_cents,
    )


def _found(order: Order | None) -> Order:
    if order is None:
        raise NotFound("There is no such order.")
    return order
