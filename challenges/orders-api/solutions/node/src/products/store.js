import { Conditions, cut } from '../pages.js';

export const MAX_STOCK = 1_000_000;

const COLUMNS = 'sku, name, price_cents, stock, version';

export async function insert(db, { sku, name, price_cents, stock }) {
  const { rows } = await db.query(
    `insert into products (sku, name, price_cents, stock) values ($1, $2, $3, $4)
     on conflict do nothing
     returning ${COLUMNS}`,
    [sku, name, price_cents, stock],
  );
  return rows[0];
}

export async function find(db, sku) {
  const { rows } = await db.query(`select ${COLUMNS} from products where sku = $1`, [sku]);
  return rows[0];
}

export async function lock(client, sku) {
  const { rows } = await client.query(
    `select ${COLUMNS} from products where sku = $1 for no key update`,
    [sku],
  );
  return rows[0];
}

export async function update(client, { sku, name, price_cents }) {
  const { rows } = await client.query(
    `update products set name = $2, price_cents = $3 where sku = $1 returning ${COLUMNS}`,
    [sku, name, price_cents],
  );
  return rows[0];
}

/** Adds in one statement, so that none of many changes is lost. None is made if it leads too far. */
export async function addStock(db, sku, change) {
  const { rows } = await db.query(
    `update products set stock = stock + $2
     where sku = $1 and stock + $2 between 0 and ${MAX_STOCK}
     returning ${COLUMNS}`,
    [sku, change],
  );
  return rows[0];
}

// Skus are in the order of their ASCII codes, whatever the database's own collation is.
const KEYS = {
  sku: { columns: ['sku collate "C"'], placeOf: ({ sku }) => [sku] },
  price_cents: {
    columns: ['price_cents', 'sku collate "C"'],
    placeOf: ({ price_cents, sku }) => [price_cents, sku],
  },
};

export async function page(db, { filters, sort, limit, after }) {
  const descending = sort.startsWith('-');
  const { columns, placeOf } = KEYS[sort.replace('-', '')];

  const where = new Conditions();
  // With the collation "C", lower() changes ASCII letters and no others; position() has no wildcards.
  where.add((q) => `position(lower(${q} collate "C") in lower(name collate "C")) > 0`, filters.q);
  where.add((price) => `price_cents >= ${price}`, filters.minPrice);
  where.add((price) => `price_cents <= ${price}`, filters.maxPrice);
  where.add((inStock) => `(stock > 0) = ${inStock}`, filters.inStock);
  if (after) {
    where.add(
      (...place) => `(${columns.join(', ')}) ${descending ? '<' : '>'} (${place.join(', ')})`,
      ...after,
    );
  }

  const direction = descending ? 'desc' : 'asc';
  const { rows } = await db.query(
    `select sku, name, price_cents, stock from products where ${where}
     order by ${columns.map((column) => `${column} ${direction}`).join(', ')}
     limit ${limit + 1}`,
    where.values,
  );
  return cut(rows, limit, placeOf);
}
