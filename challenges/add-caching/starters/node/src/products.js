import { changedSku, customer, identifier, knownSku, newProduct } from './input.js';
import { notFound } from './problems.js';

const COLUMNS = 'sku, name, category, description';

export async function get(req, res) {
  const { pool, pricing } = req.app.locals;
  const sku = knownSku(req);
  const asking = customer(req);
  const { rows } = await pool.query(`select ${COLUMNS} from products where sku = $1`, [sku]);
  if (rows.length === 0) throw notFound('product');
  res.json(shown(rows[0], await pricing.priceFor(asking, sku)));
}

export async function list(req, res) {
  const { pool, pricing } = req.app.locals;
  const category = identifier(req.query.category, 'category');
  const asking = customer(req);
  const { rows } = await pool.query(
    `select ${COLUMNS} from products where category = $1 order by sku`,
    [category],
  );
  const products = [];
  for (const row of rows) {
    products.push(shown(row, await pricing.priceFor(asking, row.sku)));
  }
  res.json({ products });
}

export async function put(req, res) {
  const { pool, pricing } = req.app.locals;
  const product = newProduct(req);
  // Asked for first: if Pricing fails, nothing has been written.
  const price = await pricing.priceFor(customer(req), product.sku);
  // A row that was inserted has no xmax, the transaction that replaced it.
  const { rows } = await pool.query(
    `insert into products (${COLUMNS}) values ($1, $2, $3, $4)
     on conflict (sku) do update set
       name = excluded.name, category = excluded.category, description = excluded.description
     returning xmax = 0 as made`,
    [product.sku, product.name, product.category, product.description],
  );
  res.status(rows[0].made ? 201 : 200).json(shown(product, price));
}

export async function remove(req, res) {
  const { pool } = req.app.locals;
  const { rowCount } = await pool.query('delete from products where sku = $1', [knownSku(req)]);
  if (rowCount === 0) throw notFound('product');
  res.status(204).end();
}

/** Pricing says that prices of a sku have changed. Nothing is kept here that could be out of date. */
export function changePrice(req, res) {
  changedSku(req);
  res.status(204).end();
}

function shown(row, price) {
  return { ...row, price_cents: price };
}
