import { transaction } from './database.js';
import { id, limit as readLimit, newOrder, object, status as readStatus } from './input.js';
import { cut, placeOf } from './paging.js';
import { invalid, notFound } from './problems.js';

export const COLUMNS = 'id, customer_id, status, total_cents, placed_at';

export async function list(req, res) {
  const limit = readLimit(req.query);
  const place = placeOf(req.query);
  const conditions = ['true'];
  const values = [limit + 1];
  const parameter = (value) => `$${values.push(value)}`;
  if (req.query.status !== undefined) {
    conditions.push(`status = ${parameter(readStatus(req.query.status))}`);
  }
  if (place) {
    conditions.push(`(placed_at, id) > (${parameter(place.placedAt)}, ${parameter(place.id)})`);
  }
  const found = await req.app.locals.pool.query(
    `select ${COLUMNS} from orders
     where ${conditions.join(' and ')}
     order by placed_at, id
     limit $1`,
    values,
  );
  const { rows, nextCursor } = cut(found.rows, limit);
  res.json({ orders: rows.map(shown), next_cursor: nextCursor });
}

export async function get(req, res) {
  res.json(await byId(req.app.locals.pool, id(req)));
}

export async function place(req, res) {
  const { customerId, items } = newOrder(req.body);
  const order = await transaction(req.app.locals.pool, async (client) => {
    const customer = await client.query('select 1 from customers where id = $1', [customerId]);
    if (customer.rowCount === 0) throw invalid('There is no such customer.');

    const products = await productsOf(client, items);
    const lines = items.map(({ sku, quantity }) => {
      const product = products.get(sku);
      if (!product) throw invalid(`There is no product ${sku}.`);
      return { productId: product.id, quantity, price: product.price_cents };
    });
    const total = lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
    const { rows } = await client.query(
      `insert into orders (customer_id, status, total_cents) values ($1, 'pending', $2)
       returning id`,
      [customerId, total],
    );
    await client.query(
      `insert into order_items (order_id, line, product_id, quantity, unit_price_cents)
       select $1, line, product_id, quantity, price
       from unnest($2::int[], $3::int[], $4::bigint[])
         with ordinality as item (product_id, quantity, price, line)`,
      [
        rows[0].id,
        lines.map((line) => line.productId),
        lines.map((line) => line.quantity),
        lines.map((line) => line.price),
      ],
    );
    return byId(client, rows[0].id);
  });
  res.status(201).json(order);
}

export async function changeStatus(req, res) {
  const status = readStatus(object(req.body, ['status']).status);
  const { pool } = req.app.locals;
  await pool.query('update orders set status = $2 where id = $1', [id(req), status]);
  res.json(await byId(pool, id(req)));
}

async function byId(database, orderId) {
  const { rows } = await database.query(`select ${COLUMNS} from orders where id = $1`, [orderId]);
  if (rows.length === 0) throw notFound('order');
  const [order] = await withItems(database, rows);
  return order;
}

async function productsOf(database, items) {
  const { rows } = await database.query(
    'select id, sku, price_cents from products where sku = any($1::text[])',
    [items.map((item) => item.sku)],
  );
  return new Map(rows.map((product) => [product.sku, product]));
}

/** Rows of orders as they are shown, with their items, which are read all at once. */
export async function withItems(database, rows) {
  const found = await database.query(
    `select order_id, line, sku, name, quantity, unit_price_cents
     from order_items join products on products.id = product_id
     where order_id = any($1::bigint[])
     order by order_id, line`,
    [rows.map((row) => row.id)],
  );
  const items = new Map(rows.map((row) => [row.id, []]));
  for (const { order_id: orderId, ...item } of found.rows) items.get(orderId).push(item);
  return rows.map((row) => ({ ...shown(row), items: items.get(row.id) }));
}

function shown(row) {
  return { ...row, placed_at: row.placed_at.toISOString().replace('.000Z', 'Z') };
}
