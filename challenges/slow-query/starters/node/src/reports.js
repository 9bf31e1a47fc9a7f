import { day, STATUSES, text } from './input.js';
import { invalid } from './problems.js';

const DAY = 86_400_000;
const LONGEST = 92 * DAY;

/** How many orders there are, and how many of each status. */
export async function orders(req, res) {
  const { pool } = req.app.locals;
  const all = await pool.query('select count(*) as orders from orders');
  const byStatus = {};
  for (const status of STATUSES) {
    const { rows } = await pool.query('select count(*) as orders from orders where status = $1', [status]);
    byStatus[status] = rows[0].orders;
  }
  res.json({ orders: all.rows[0].orders, by_status: byStatus });
}

/** What was sold on each day (UTC) from one on and before another. */
export async function days(req, res) {
  const from = day(req.query, 'from');
  const to = day(req.query, 'to');
  if (to <= from || to - from > LONGEST) throw invalid('to must be 1 to 92 days after from.');
  const { rows } = await req.app.locals.pool.query(
    `select to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD') as day,
            count(*) as orders, sum(total_cents)::bigint as revenue_cents
     from orders
     where to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD') >= $1
       and to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD') < $2
       and status <> 'cancelled'
     group by day
     order by day`,
    [req.query.from, req.query.to],
  );
  res.json({ days: rows });
}

/** What was ordered of each product of a category, whatever became of the order. */
export async function products(req, res) {
  const { rows } = await req.app.locals.pool.query(
    `select sku, name,
            (select coalesce(sum(quantity), 0)::bigint from order_items
             where product_id = products.id) as units,
            (select coalesce(sum(quantity * unit_price_cents), 0)::bigint from order_items
             where product_id = products.id) as revenue_cents
     from products
     where category = $1
     order by sku`,
    [text(req.query, 'category')],
  );
  res.json({ products: rows });
}
