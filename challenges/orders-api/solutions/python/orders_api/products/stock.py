"""Stock: taken and given back, locking rows in one order so that no two wait for each other."""

from collections.abc import Mapping, Sequence

from asyncpg import Connection, Record

from orders_api.problems import Conflict, Unprocessable


class UnknownProduct(Unprocessable):
    pass


class OutOfStock(Conflict):
    pass


async def take(connection: Connection, quantities: Mapping[str, int]) -> dict[str, int]:
    """Takes all or, raising, none within the transaction. Returns each product's price now."""
    rows = {row["sku"]: row for row in await _lock(connection, quantities)}
    if unknown := quantities.keys() - rows.keys():
        raise UnknownProduct(f"There is no product {', '.join(sorted(unknown))}.")
    if short := [sku for sku, quantity in quantities.items() if rows[sku]["stock"] < quantity]:
        raise OutOfStock(f"There is not enough of {', '.join(sorted(short))} in stock.")
    await _add(connection, {sku: -quantity for sku, quantity in quantities.items()})
    return {sku: row["price_cents"] for sku, row in rows.items()}


async def give_back(connection: Connection, quantities: Mapping[str, int]) -> None:
    await _lock(connection, quantities)
    await _add(connection, quantities)


async def _lock(connection: Connection, skus: Mapping[str, int]) -> Sequence[Record]:
    return await connection.fetch(
        """
        select sku, price_cents, stock from products where sku = any($1::text[])
        order by sku for no key update
        """,
        list(skus),
    )


async def _add(connection: Connection, quantities: Mapping[str, int]) -> None:
    await connection.execute(
        """
        update products set stock = stock + change.quantity
        from unnest($1::text[], $2::bigint[]) as change (sku, quantity)
        where products.sku = change.sku
        """,
        list(quantities.keys()),
        list(quantities.values()),
    )
