import { transaction } from './database.js';
import { id, limit as readLimit, newOrder, object, status as readStatus } from './input.js';
import { cut, offsetOf } from './paging.js';
import { invalid, notFound } from './problems.js';

const COLUMNS = 'id, customer_id, status, total_cents, placed_at';

export async function list(req, res) {
  const limit = readLimit(req.query);
  const offset = offsetOf(req.query);
  const status = req.query.status === undefined ? null : readStatus(req.query.status);
  const found = await req.app.locals.pool.query(
    `select ${COLUMNS} from orders
     where $1::text is null or status = $1
     order by placed_at, id
     limit $2 offset $3`,
    [status, limit + 1, offset],
  );
  const { rows, nextCursor } = cut(found.rows, offset, limit);
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

    const lines = [];
    for (const { sku, quantity } of items) {
      const { rows } = await client.query('select id, price_cents from products where sku = $1', [sku]);
      if (rows.length === 0) throw invalid(`There is no product ${sku}.`);
      lines.push({ productId: rows[0].id, quantity, price: rows[0].price_cents });
    }
    const total = lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
    const { rows } = await client.query(
      `insert into orders (customer_id, status, total_cents) values ($1, 'pending', $2)
       returning id`,
      [customerId, total],
    );
    for (const [index, { productId, quantity, price }] of lines.entries()) {
      await client.query(
        `insert into order_items (order_id, line, product_id, quantity, unit_price_cents)
         values ($1, $2, $3, $4, $5)`,
        [rows[0].id, index + 1, productId, quantity, price],
      );
    }
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
  return { ...shown(rows[0]), items: await itemsOf(database, orderId) };
}

export function shown(row) {
  return { ...row, placed_at: row.placed_at.toISOString().replace('.000Z', 'Z') };
}

export async function itemsOf(database, orderId) {
  const { rows } = await database.query(
    `select line, sku, name, quantity, unit_price_cents
     from order_items join products on products.id = product_id
     where order_id = $1
     order by line`,
    [orderId],
  );
  return rows;
}
