"""What changes orders and stock; each change is one transaction."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from asyncpg import Connection, Pool

from orders_api.orders import queries
from orders_api.orders.models import NewOrder, Order
from orders_api.problems import Conflict, NotFound, Unprocessable
from orders_api.products import stock


class KeyReused(Unprocessable):
    pass


class AlreadyCancelled(Conflict):
    pass


async def place(pool: Pool, customer_id: str, new: NewOrder, key: str | None) -> tuple[Order, bool]:
    """Returns the order of this key, and whether it was made just now."""
    order_id, quantities = uuid4(), new.quantities()
    async with pool.acquire() as connection, connection.transaction():
        made = await _claim(connection, order_id, customer_id, key)
        if made:
            prices = await stock.take(connection, quantities)
            await _fill(connection, order_id, quantities, prices)
            order = await queries.by_id(connection, customer_id, order_id)
        else:
            order = await queries.by_key(connection, customer_id, key)
            if order.quantities() != quantities:
                raise KeyReused("This Idempotency-Key was used for an order of other items.")
    return order, made


async def cancel(pool: Pool, customer_id: str, order_id: UUID) -> Order:
    async with pool.acquire() as connection, connection.transaction():
        # Of many that cancel at once, one finds it confirmed; the others wait for that one's end.
        changed = await connection.fetchval(
            """
            update orders set status = 'cancelled'
            where id = $1 and customer_id = $2 and status = 'confirmed'
            returning true
            """,
            order_id,
            customer_id,
        )
        order = await queries.by_id(connection, customer_id, order_id)
        if order is None:
            raise NotFound("There is no such order.")
        if not changed:
            raise AlreadyCancelled("The order is cancelled already.")
        await stock.give_back(connection, order.quantities())
    return order


async def _claim(connection: Connection, order_id: UUID, customer_id: str, key: str | None) -> bool:
    # The order's row comes first: a retry at the same moment waits here until this transaction
    # ends, and finds the order, or, had it failed, takes its place.
    claimed = await connection.fetchval(
        """
        insert into orders (id, customer_id, status, total_cents, idempotency_key)
        values ($1, $2, 'confirmed', 0, $3)
        on conflict (customer_id, idempotency_key) do nothing
        returning true
        """,
        order_id,
        customer_id,
        key,
    )
    return claimed is not None


async def _fill(
    connection: Connection,
    order_id: UUID,
    quantities: Mapping[str, int],
    prices: Mapping[str, int],
) -> None:
    await connection.execute(
        """
        insert into order_items (order_id, sku, quantity, unit_price_cents)
        select $1, * from unnest($2::text[], $3::bigint[], $4::bigint[])
        """,
        order_id,
        list(quantities.keys()),
        list(quantities.values()),
        [prices[sku] for sku in quantities],
    )
    total = sum(quantity * prices[sku] for sku, quantity in quantities.items())
    await connection.execute("update orders set total_cents = $2 where id = $1", order_id, total)
