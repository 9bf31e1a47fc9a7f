import { randomUUID } from 'node:crypto';

import { invalid, Problem } from '../problems.js';
import { amountsOf } from './amounts.js';
import * as keys from './keys.js';
import * as stock from './stock.js';
import * as store from './store.js';

// Each of these runs in a transaction, and locks in one order, so that no two wait for each other:
// first the idempotency key or the order, then products in the order of their skus.

/** Places the order, or finds the one that its key has placed before. */
export async function placeOrder(client, { customerId, items, key }) {
  const id = randomUUID();
  if (key !== undefined) {
    const earlier = await keys.claim(client, { customerId, key, items, orderId: id });
    if (earlier) return { id: earlier, isNew: false };
  }
  const priced = await takeFromStock(client, items);
  await store.insert(client, { id, customerId, key, ...amountsOf(priced) });
  await store.insertItems(client, id, priced);
  return { id, isNew: true };
}

/** Puts `items` in the place of the order's. What was in it keeps its price. */
export async function changeOrder(client, order, items) {
  if (order.status === 'cancelled') {
    throw new Problem(409, 'The order is cancelled. A cancelled order cannot be changed.');
  }
  const priced = await takeFromStock(client, items, order.items);
  await store.deleteItems(client, order.id);
  await store.insertItems(client, order.id, priced);
  await store.updateAmounts(client, order.id, amountsOf(priced));
}

/** Gives the order's items back to stock. */
export async function cancelOrder(client, order) {
  if (order.status === 'cancelled') throw new Problem(409, 'The order was cancelled before.');
  await stock.lock(
    client,
    order.items.map((item) => item.sku),
  );
  await stock.add(client, new Map(order.items.map((item) => [item.sku, item.quantity])));
  await store.setCancelled(client, order.id);
}

/**
 * Takes from stock what `items` have more than `held`, gives back what they have less, and gives
 * the items with their prices.
 */
async function takeFromStock(client, items, held = []) {
  const products = await stock.lock(
    client,
    [...items, ...held].map((item) => item.sku),
  );
  const heldBySku = new Map(held.map((item) => [item.sku, item]));

  const changes = new Map(held.map((item) => [item.sku, item.quantity]));
  const priced = items.map(({ sku, quantity }) => {
    const product = products.get(sku);
    if (!product) throw invalid(`There is no product ${sku}.`);
    changes.set(sku, (changes.get(sku) ?? 0) - quantity);
    const price = heldBySku.get(sku)?.unit_price_cents ?? product.price_cents;
    return { sku, quantity, unit_price_cents: price };
  });

  for (const [sku, change] of changes) {
    if (change < 0 && products.get(sku).stock + change < 0) {
      throw new Problem(409, `There is not enough of ${sku} in stock.`);
    }
  }
  await stock.add(client, changes);
  return priced;
}
