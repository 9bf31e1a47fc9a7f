import { id, limit as readLimit, text } from './input.js';
import { itemsOf, shown } from './orders.js';
import { cut, offsetOf } from './paging.js';
import { notFound } from './problems.js';

export async function find(req, res) {
  const { rows } = await req.app.locals.pool.query(
    `select id, email, name, country from customers
     where lower(email) = lower($1)
     order by id`,
    [text(req.query, 'email')],
  );
  res.json({ customers: rows });
}

export async function history(req, res) {
  const { pool } = req.app.locals;
  const limit = readLimit(req.query);
  const offset = offsetOf(req.query);
  const customer = await pool.query('select 1 from customers where id = $1', [id(req)]);
  if (customer.rowCount === 0) throw notFound('customer');

  const found = await pool.query(
    `select id, customer_id, status, total_cents, placed_at from orders
     where customer_id = $1
     order by placed_at desc, id desc
     limit $2 offset $3`,
    [id(req), limit + 1, offset],
  );
  const { rows, nextCursor } = cut(found.rows, offset, limit);
  const orders = [];
  for (const row of rows) {
    orders.push({ ...shown(row), items: await itemsOf(pool, row.id) });
  }
  res.json({ orders, next_cursor: nextCursor });
}
