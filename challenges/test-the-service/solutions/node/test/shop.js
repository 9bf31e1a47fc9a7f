/**
 * The service as its tests speak to it. Every test makes products and customers of its own, so that
 * none depends on what others have left.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

const BASE_URL = process.env.BASE_URL;

export const newName = (prefix) => `${prefix}-${randomBytes(6).toString('hex')}`;

/** Sends a request; gives the status and the body. */
export async function ask(method, path, { body, text, key, query } = {}) {
  const url = new URL(BASE_URL + path);
  for (const [name, value] of Object.entries(query ?? {})) {
    url.searchParams.set(name, value);
  }
  const headers = {};
  if (body !== undefined || text !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (key !== undefined) {
    headers['Idempotency-Key'] = key;
  }
  const response = await fetch(url, { method, headers, body: text ?? JSON.stringify(body) });
  const raw = await response.text();
  const said = `${method} ${url.pathname}${url.search} answered ${response.status}: ${raw}`;
  try {
    return { status: response.status, said, body: JSON.parse(raw) };
  } catch {
    return { status: response.status, said };
  }
}

/** The body of an answer, which has to have this status. */
export async function ok(asked, status = 200) {
  const answer = await asked;
  assert.equal(answer.status, status, answer.said);
  assert.ok(answer.body, answer.said);
  return answer.body;
}

export async function refused(asked, status, code) {
  const { error } = await ok(asked, status);
  assert.equal(error?.code, code);
  assert.equal(typeof error.message, 'string');
}

/** The sku of a new product. */
export async function product({ price = 500, stock = 1000 } = {}) {
  const sku = newName('sku');
  const body = { sku, name: 'Mug', price_cents: price, stock };
  await ok(ask('POST', '/products', { body }), 201);
  return sku;
}

export async function stockOf(sku) {
  return (await ok(ask('GET', `/products/${sku}`))).stock;
}

/** What asks for these skus and quantities: `{ sku: quantity }`. */
export function orderOf(quantities, customer = newName('customer')) {
  const items = Object.entries(quantities).map(([sku, quantity]) => ({ sku, quantity }));
  return { customer, items };
}

export const place = (body, key) => ask('POST', '/orders', { body, key });
export const order = (quantities, customer) => ok(place(orderOf(quantities, customer)), 201);
export const orderNow = (id) => ok(ask('GET', `/orders/${id}`));
export const pay = (id) => ask('POST', `/orders/${id}/pay`);
export const cancel = (id) => ask('POST', `/orders/${id}/cancel`);
export const list = (query) => ok(ask('GET', '/orders', { query }));

/** Page after page of a list. */
export async function* pages(query) {
  let cursor = {};
  for (;;) {
    const page = await list({ ...query, ...cursor });
    yield page.orders;
    if (page.next_cursor === null) {
      return;
    }
    cursor = { cursor: page.next_cursor };
  }
}

/** How many answers of each status the same question gets, asked so many times at the same moment. */
export async function tally(question, times = 12) {
  const answers = await Promise.all(Array.from({ length: times }, question));
  const counts = {};
  for (const { status } of answers) {
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return { answers, counts };
}
