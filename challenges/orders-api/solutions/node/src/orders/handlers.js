import { checkVersion, condition, show } from '../conditions.js';
import { transaction } from '../database.js';
import { notFound, Problem } from '../problems.js';
import { readItems, readKey } from './input.js';
import { readListing } from './listing.js';
import { cancelOrder, changeOrder, placeOrder } from './ordering.js';
import * as store from './store.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function place(req, res) {
  const request = { customerId: req.user.id, items: readItems(req.body), key: readKey(req) };
  const { order, isNew } = await transaction(pool(req), async (client) => {
    const { id, isNew } = await placeOrder(client, request);
    return { order: await store.find(client, id), isNew };
  });
  res.location(`/orders/${order.id}`);
  show(res, order, isNew ? 201 : 200);
}

export async function list(req, res) {
  const { cursors } = req.app.locals;
  const listing = readListing(req.query, req.user, cursors);
  const { rows, nextPlace } = await store.page(pool(req), listing);
  res.json({
    orders: rows,
    next_cursor: nextPlace && cursors.write(nextPlace, listing.identity),
  });
}

export async function get(req, res) {
  const order = await store.find(pool(req), idOf(req));
  const mayRead = req.user.role === 'support' || order?.customer_id === req.user.id;
  if (!order || !mayRead) throw notFound('order');
  show(res, order);
}

export async function change(req, res) {
  const id = idOf(req);
  const ifMatch = condition(req);
  const items = readItems(req.body);
  const changed = await transaction(pool(req), async (client) => {
    const order = await lockOwn(client, id, req.user);
    checkVersion(ifMatch, order.version);
    await changeOrder(client, order, items);
    return store.find(client, id);
  });
  show(res, changed);
}

export async function cancel(req, res) {
  const id = idOf(req);
  const cancelled = await transaction(pool(req), async (client) => {
    await cancelOrder(client, await lockOwn(client, id, req.user));
    return store.find(client, id);
  });
  show(res, cancelled);
}

/** The order, which nobody else changes until the transaction ends, or 404 if it is another's. */
async function lockOwn(client, id, user) {
  await store.lock(client, id);
  // A statement of its own, for the one that waits for a lock may see the items as they were before.
  const order = await store.find(client, id);
  if (order?.customer_id !== user.id) throw notFound('order');
  return order;
}

const pool = (req) => req.app.locals.pool;

function idOf(req) {
  if (!UUID.test(req.params.id)) throw notFound('order');
  return req.params.id;
}
