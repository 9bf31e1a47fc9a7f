import { Conditions, cut } from '../pages.js';

// Times leave as text: a Date of JavaScript would cut PostgreSQL's microseconds to milliseconds.
const ORDER = `
  id, customer_id, status,
  (select json_agg(json_build_object('sku', sku, 'quantity', quantity,
                                     'unit_price_cents', unit_price_cents) order by sku collate "C")
   from order_items where order_id = orders.id) as items,
  subtotal_cents, discount_cents, shipping_cents, total_cents,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at`;

export async function find(db, id) {
  const { rows } = await db.query(`select ${ORDER}, version from orders where id = $1`, [id]);
  return rows[0];
}

export async function lock(client, id) {
  await client.query('select from orders where id = $1 for no key update', [id]);
}

export async function insert(client, order) {
  await client.query(
    `insert into orders (id, customer_id, status, idempotency_key,
                         subtotal_cents, discount_cents, shipping_cents, total_cents)
     values ($1, $2, 'confirmed', $3, $4, $5, $6, $7)`,
    [order.id, order.customerId, order.key, ...amounts(order)],
  );
}

export async function insertItems(client, id, items) {
  await client.query(
    `insert into order_items (order_id, sku, quantity, unit_price_cents)
     select $1, * from unnest($2::text[], $3::bigint[], $4::bigint[])`,
    [
      id,
      items.map((item) => item.sku),
      items.map((item) => item.quantity),
      items.map((item) => item.unit_price_cents),
    ],
  );
}

export async function deleteItems(client, id) {
  await client.query('delete from order_items where order_id = $1', [id]);
}

export async function updateAmounts(client, id, order) {
  await client.query(
    `update orders
     set subtotal_cents = $2, discount_cents = $3, shipping_cents = $4, total_cents = $5
     where id = $1`,
    [id, ...amounts(order)],
  );
}

export async function setCancelled(client, id) {
  await client.query("update orders set status = 'cancelled' where id = $1", [id]);
}

export async function page(db, { filters, sort, limit, after }) {
  const descending = sort.startsWith('-');

  const where = new Conditions();
  where.add((id) => `customer_id = ${id}`, filters.customerId);
  where.add((status) => `status = ${status}`, filters.status);
  where.add((from) => `created_at >= ${instant(from)}`, filters.createdFrom);
  where.add((to) => `created_at < ${instant(to)}`, filters.createdTo);
  if (after) {
    where.add(
      (time, id) => `(created_at, id) ${descending ? '<' : '>'} (${time}, ${id})`,
      ...after,
    );
  }

  const direction = descending ? 'desc' : 'asc';
  const { rows } = await db.query(
    `select ${ORDER} from orders where ${where}
     order by orders.created_at ${direction}, id ${direction}
     limit ${limit + 1}`,
    where.values,
  );
  return cut(rows, limit, ({ created_at, id }) => [created_at, id]);
}

const amounts = (order) => [
  order.subtotal_cents,
  order.discount_cents,
  order.shipping_cents,
  order.total_cents,
];

const instant = (microseconds) =>
  `timestamptz 'epoch' + ${microseconds}::bigint * interval '1 microsecond'`;
