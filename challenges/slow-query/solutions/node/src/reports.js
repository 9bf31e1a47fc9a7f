import { day, STATUSES, text } from './input.js';
import { invalid } from './problems.js';

const DAY = 86_400_000;
const LONGEST = 92 * DAY;

/** How many orders there are, and how many of each status. */
export async function orders(req, res) {
  const { rows } = await req.app.locals.pool.query('select status, orders from status_counts');
  const kept = new Map(rows.map((row) => [row.status, row.orders]));
  const counts = STATUSES.map((status) => [status, kept.get(status) ?? 0]);
  res.json({
    orders: counts.reduce((sum, [, orders]) => sum + orders, 0),
    by_status: Object.fromEntries(counts),
  });
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
     where placed_at >= $1 and placed_at < $2 and status <> 'cancelled'
     group by day
     order by day`,
    [from, to],
  );
  res.json({ days: rows });
}

/** What was ordered of each product of a category, whatever became of the order. */
export async function products(req, res) {
  const { rows } = await req.app.locals.pool.query(
    `select sku, name, coalesce(units, 0) as units, coalesce(revenue_cents, 0) as revenue_cents
     from products left join product_sales on product_id = products.id
     where category = $1
     order by sku`,
    [text(req.query, 'category')],
  );
  res.json({ products: rows });
}
