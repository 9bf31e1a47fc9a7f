import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  list,
  newName,
  ok,
  orderOf,
  pay,
  place,
  product,
  refused,
  stockOf,
  tally,
} from './shop.js';

/** A first request with a key of its own. */
async function first(stock, quantity) {
  const sku = await product({ stock });
  const [body, key] = [orderOf({ [sku]: quantity }), newName('key')];
  return { sku, body, key, made: await ok(place(body, key), 201) };
}

describe('a retry', () => {
  it('is the same order and takes no stock', async () => {
    const { sku, body, key, made } = await first(10, 3);
    assert.deepEqual(await ok(place(body, key)), made);
    assert.equal(await stockOf(sku), 7);
    assert.equal((await list({ customer: body.customer })).orders.length, 1);
  });

  it('shows the order as it is by then', async () => {
    const { body, key, made } = await first(10, 3);
    await ok(pay(made.id));
    assert.deepEqual(await ok(place(body, key)), { ...made, status: 'paid' });
  });

  it('is answered when stock has run out', async () => {
    const { body, key, made } = await first(2, 2);
    assert.deepEqual(await ok(place(body, key)), made);
  });

  it('is one of many at once', async () => {
    const sku = await product({ stock: 100 });
    const [body, key] = [orderOf({ [sku]: 1 }), newName('key')];
    const { answers, counts } = await tally(() => place(body, key));
    assert.deepEqual(counts, { 200: 11, 201: 1 });
    assert.equal(new Set(answers.map((answer) => answer.body.id)).size, 1);
    assert.equal(await stockOf(sku), 99);
  });
});

describe('a key', () => {
  it('belongs to one request', async () => {
    const { sku, body, key } = await first(10, 1);
    await refused(place(orderOf({ [sku]: 2 }, body.customer), key), 409, 'key_reused');
    await refused(place(orderOf({ [sku]: 1 }), key), 409, 'key_reused');
    assert.equal(await stockOf(sku), 9);
  });

  it('stays free after a request that was refused', async () => {
    const [sku, key] = [await product({ stock: 2 }), newName('key')];
    await refused(place(orderOf({ [sku]: 3 }), key), 409, 'out_of_stock');
    await ok(place(orderOf({ [sku]: 2 }), key), 201);
  });
});
