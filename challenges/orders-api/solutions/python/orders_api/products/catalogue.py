"""Products as rows: added, found, changed by hand."""

from asyncpg import Connection, Pool, Record

from orders_api.conditions import Condition
from orders_api.paging import Cursor, Ordering, cut
from orders_api.problems import Conflict, NotFound
from orders_api.products.models import (
    MAX_STOCK,
    NewProduct,
    PriceCents,
    Product,
    ProductChange,
    ProductFilter,
    ProductPage,
    Sku,
)

COLUMNS = "sku, name, price_cents, stock, version"

_cursor = Cursor(tuple[PriceCents, Sku])


class SkuTaken(Conflict):
    pass


class StockOutOfBounds(Conflict):
    pass


async def add(pool: Pool, new: NewProduct) -> Record:
    row = await pool.fetchrow(
        f"""
        insert into products (sku, name, price_cents, stock) values ($1, $2, $3, $4)
        on conflict (sku) do nothing
        returning {COLUMNS}
        """,
        new.sku,
        new.name,
        new.price_cents,
        new.stock,
    )
    if row is None:
        raise SkuTaken(f"There is a product {new.sku} already.")
    return row


async def by_sku(pool: Pool, sku: str) -> Record:
    return _found(await pool.fetchrow(f"select {COLUMNS} from products where sku = $1", _text(sku)))


async def change(pool: Pool, sku: str, wanted: ProductChange, condition: Condition) -> Record:
    async with pool.acquire() as connection, connection.transaction():
        condition.check((await _locked(connection, sku))["version"])
        return await connection.fetchrow(
            f"""
            update products
            set name = coalesce($2, name), price_cents = coalesce($3, price_cents),
                version = version + 1
            where sku = $1
            returning {COLUMNS}
            """,
            sku,
            wanted.name,
            wanted.price_cents,
        )


async def adjust_stock(pool: Pool, sku: str, quantity: int) -> Record:
    async with pool.acquire() as connection, connection.transaction():
        stock = (await _locked(connection, sku))["stock"] + quantity
        if not 0 <= stock <= MAX_STOCK:
            raise StockOutOfBounds(f"That would make a stock of {stock}.")
        return await connection.fetchrow(
            f"""
            update products set stock = $2, version = version + 1 where sku = $1
            returning {COLUMNS}
            """,
            sku,
            stock,
        )


async def page(pool: Pool, wanted: ProductFilter) -> ProductPage:
    ordering = Ordering(
        columns=("price_cents", "sku") if wanted.sort.endswith("price_cents") else ("sku",),
        descending=wanted.sort.startswith("-"),
    )
    price, sku = _cursor.read(wanted.cursor) if wanted.cursor is not None else (None, None)
    place = {"price_cents": price, "sku": sku}
    rows = await pool.fetch(
        f"""
        select {COLUMNS} from products
        where ($1::text is null or strpos(lower(name collate "C"), lower($1 collate "C")) > 0)
          and ($2::bigint is null or price_cents >= $2)
          and ($3::bigint is null or price_cents <= $3)
          and ($4::boolean is null or (stock > 0) = $4)
          and ($6::text is null or {ordering.behind(7)})
        order by {ordering.clause()}
        limit $5
        """,
        wanted.q,
        wanted.min_price_cents,
        wanted.max_price_cents,
        wanted.in_stock and wanted.in_stock == "true",
        wanted.limit + 1,
        sku,
        *(place[column] for column in ordering.columns),
    )
    rows, last = cut(rows, wanted.limit)
    return ProductPage(
        products=[Product(**row) for row in rows],
        next_cursor=last and _cursor.write((last["price_cents"], last["sku"])),
    )


async def _locked(connection: Connection, sku: str) -> Record:
    return _found(
        await connection.fetchrow(
            f"select {COLUMNS} from products where sku = $1 for no key update", _text(sku)
        )
    )


def _text(sku: str) -> str:
    # A path may carry U+0000, which PostgreSQL refuses to compare with anything.
    if "\0" in sku:
        raise NotFound("There is no such product.")
    return sku


def _found(row: Record | None) -> Record:
    if row is None:
        raise NotFound("There is no such product.")
    return row
