import { id, limit as readLimit, text } from './input.js';
import { COLUMNS, withItems } from './orders.js';
import { cut, placeOf } from './paging.js';
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
  const place = placeOf(req.query);
  const customer = await pool.query('select 1 from customers where id = $1', [id(req)]);
  if (customer.rowCount === 0) throw notFound('customer');

  const found = await pool.query(
    `select ${COLUMNS} from orders
     where customer_id = $1 ${place ? 'and (placed_at, id) < ($3, $4)' : ''}
     order by placed_at desc, id desc
     limit $2`,
    [id(req), limit + 1, ...(place ? [place.placedAt, place.id] : [])],
  );
  const { rows, nextCursor } = cut(found.rows, limit);
  res.json({ orders: await withItems(pool, rows), next_cursor: nextCursor });
}
