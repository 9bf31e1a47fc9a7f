import { invalid } from '../problems.js';

/**
 * Claims a customer's key for an order that is about to be placed. While another transaction is
 * placing the order of this key, it waits for that one's end. Gives the id of the order that was
 * placed with the key before, or undefined: the key is ours until the transaction ends, and then
 * for good unless it fails.
 */
export async function claim(client, { customerId, key, items, orderId }) {
  const fingerprint = items.map(({ sku, quantity }) => `${sku}:${quantity}`).join(' ');
  const { rowCount } = await client.query(
    `insert into idempotency_keys (customer_id, key, items, order_id) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [customerId, key, fingerprint, orderId],
  );
  if (rowCount === 1) return undefined;

  const { rows } = await client.query(
    'select items, order_id from idempotency_keys where customer_id = $1 and key = $2',
    [customerId, key],
  );
  if (rows[0].items !== fingerprint) {
    throw invalid('The Idempotency-Key was used with other items. Take a new one.');
  }
  return rows[0].order_id;
}
