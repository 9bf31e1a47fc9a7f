"""Stock: taken and given back, locking rows in one order so that no two wait for each other."""

from collections.abc import Mapping, Sequence

from asyncpg import Connection, Record

from orders_api.problems import Conflict, Unprocessable


class UnknownProduct(Unprocessable):
    pass


class OutOfStock(Conflict):
    pass


async def exchange(
    connection: Connection, *, back: Mapping[str, int], out: Mapping[str, int]
) -> dict[str, int]:
    """Gives `back` to stock and takes `out` of it: all or, raising, none within the transaction.

    Returns each product's price now.
    """
    changes = {sku: back.get(sku, 0) - out.get(sku, 0) for sku in {*back, *out}}
    rows = {row["sku"]: row for row in await _lock(connection, list(changes))}
    if unknown := changes.keys() - rows.keys():
        raise UnknownProduct(f"There is no product {', '.join(sorted(unknown))}.")
    if short := [sku for sku, change in changes.items() if rows[sku]["stock"] + change < 0]:
        raise OutOfStock(f"There is not enough of {', '.join(sorted(short))} in stock.")
    await _add(connection, {sku: change for sku, change in changes.items() if change})
    return {sku: row["price_cents"] for sku, row in rows.items()}


async def _lock(connection: Connection, skus: Sequence[str]) -> Sequence[Record]:
    return await connection.fetch(
        """
        select sku, price_cents, stock from products where sku = any($1::text[])
        order by sku for no key update
        """,
        skus,
    )


async def _add(connection: Connection, changes: Mapping[str, int]) -> None:
    await connection.execute(
        """
        update products set stock = stock + change.quantity, version = version + 1
        from unnest($1::text[], $2::bigint[]) as change (sku, quantity)
        where products.sku = change.sku
        """,
        list(changes.keys()),
        list(changes.values()),
    )
