/** Locks these products until the transaction ends; gives a map of those that exist by their sku. */
export async function lock(client, skus) {
  const { rows } = await client.query(
    `select sku, price_cents, stock from products where sku = any($1)
     order by sku collate "C" for no key update`,
    [skus],
  );
  return new Map(rows.map((row) => [row.sku, row]));
}

/** Adds to the stock of locked products; `changes` is a map from sku to how many pieces. */
export async function add(client, changes) {
  const changed = [...changes].filter(([, change]) => change !== 0);
  await client.query(
    `update products set stock = stock + change
     from unnest($1::text[], $2::bigint[]) as changes (sku, change)
     where products.sku = changes.sku`,
    [changed.map(([sku]) => sku), changed.map(([, change]) => change)],
  );
}
