import pMap from 'p-map';

import { answerCurrent } from './conditional.js';
import { transaction } from './database.js';
import * as entries from './entries.js';
import { changedSku, customer, identifier, knownSku, newProduct } from './input.js';
import { notFound } from './problems.js';

const COLUMNS = 'sku, name, category, description';
const PRICES_AT_ONCE = 20;

export async function get(req, res) {
  const { pool, cache, prices } = req.app.locals;
  const sku = knownSku(req);
  const asking = customer(req);
  const row = await cache.get(entries.product(sku), async () => {
    const { rows } = await pool.query(`select ${COLUMNS} from products where sku = $1`, [sku]);
    return rows[0] ?? null;
  });
  if (row === null) throw notFound('product');
  answerCurrent(req, res, shown(row, await prices.priceFor(asking, sku)));
}

export async function list(req, res) {
  const { pool, cache, prices } = req.app.locals;
  const category = identifier(req.query.category, 'category');
  const asking = customer(req);
  const listed = await cache.get(entries.list(category), async () => {
    const { rows } = await pool.query(
      `select ${COLUMNS} from products where category = $1 order by sku`,
      [category],
    );
    return rows;
  });
  const products = await pMap(
    listed,
    async (row) => shown(row, await prices.priceFor(asking, row.sku)),
    { concurrency: PRICES_AT_ONCE },
  );
  answerCurrent(req, res, { products });
}

export async function put(req, res) {
  const { pool, cache, prices } = req.app.locals;
  const product = newProduct(req);
  // Asked for first: if Pricing fails, nothing has been written.
  const price = await prices.priceFor(customer(req), product.sku);
  const before = await transaction(pool, (client) => write(client, product));
  await cache.forget(changedBy(product.sku, before?.category, product.category));
  res.status(before ? 200 : 201).json(shown(product, price));
}

export async function remove(req, res) {
  const { pool, cache } = req.app.locals;
  const sku = knownSku(req);
  const { rows } = await pool.query('delete from products where sku = $1 returning category', [sku]);
  if (rows.length === 0) throw notFound('product');
  await cache.forget(changedBy(sku, rows[0].category));
  res.status(204).end();
}

/** Pricing says that prices of a sku have changed. */
export async function changePrice(req, res) {
  await req.app.locals.prices.forget(changedSku(req));
  res.status(204).end();
}

/** Makes or replaces a product, and answers what was there before. */
async function write(client, { sku, name, category, description }) {
  // A row that is not there yet cannot be locked, and two may want to make it.
  await client.query('select pg_advisory_xact_lock(hashtext($1))', [sku]);
  const { rows } = await client.query('select category from products where sku = $1 for update', [sku]);
  await client.query(
    `insert into products (${COLUMNS}) values ($1, $2, $3, $4)
     on conflict (sku) do update set
       name = excluded.name, category = excluded.category, description = excluded.description`,
    [sku, name, category, description],
  );
  return rows[0];
}

/** The groups of entries that a write makes out of date. */
function changedBy(sku, ...categories) {
  const lists = categories.filter((category) => category !== undefined).map(entries.listOf);
  return [entries.productOf(sku), ...new Set(lists)];
}

function shown(row, price) {
  return { ...row, price_cents: price };
}
