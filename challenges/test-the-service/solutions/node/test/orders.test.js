import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  ask,
  cancel,
  list,
  newName,
  ok,
  order,
  orderNow,
  orderOf,
  pay,
  place,
  product,
  refused,
  stockOf,
  tally,
} from './shop.js';

describe('orders', () => {
  it('have every field', async () => {
    const [mug, pot] = [await product({ price: 1250 }), await product({ price: 6255 })];
    const made = await order({ [mug]: 3, [pot]: 1 }, 'ada');
    assert.equal(typeof made.id, 'string');
    assert.equal(made.customer, 'ada');
    assert.equal(made.status, 'open');
    const items = made.items.map((item) => [item.sku, item.quantity, item.unit_price_cents]);
    assert.deepEqual(items, [
      [mug, 3, 1250],
      [pot, 1, 6255],
    ]);
    assert.ok(!Number.isNaN(Date.parse(made.created_at)), made.created_at);
    assert.deepEqual(await orderNow(made.id), made);
  });

  it('keep the prices of their moment', async () => {
    const sku = await product({ price: 300 });
    const made = await order({ [sku]: 2 });
    await ok(ask('PATCH', `/products/${sku}`, { body: { price_cents: 999 } }));
    assert.deepEqual(await orderNow(made.id), made);
    assert.equal((await order({ [sku]: 1 })).subtotal_cents, 999);
  });

  for (const [price, quantity, discount] of [
    [9_999, 1, 0],
    [10_000, 1, 1_000],
    [5_000, 2, 1_000],
    [10_004, 1, 1_000],
    [10_005, 1, 1_001],
    [10_015, 1, 1_002],
    [333_335, 3, 100_001],
  ]) {
    it(`of ${quantity} at ${price} have a discount of ${discount}`, async () => {
      const made = await order({ [await product({ price })]: quantity });
      const { subtotal_cents, discount_cents, total_cents } = made;
      const subtotal = price * quantity;
      assert.deepEqual(
        [subtotal_cents, discount_cents, total_cents],
        [subtotal, discount, subtotal - discount],
      );
    });
  }

  for (const quantity of [0, -1, 101, 2.5, '3', true, null]) {
    it(`of ${JSON.stringify(quantity)} pieces are refused`, async () => {
      const sku = await product();
      await refused(place(orderOf({ [sku]: quantity })), 422, 'invalid');
      assert.equal(await stockOf(sku), 1000);
    });
  }

  it('have 1 to 20 items, each sku once', async () => {
    const skus = await Promise.all(Array.from({ length: 21 }, () => product()));
    const of = (some) => orderOf(Object.fromEntries(some.map((sku) => [sku, 1])));
    await ok(place(of(skus.slice(0, 20))), 201);
    await refused(place(of(skus)), 422, 'invalid');
    await refused(place(of([])), 422, 'invalid');
    const twice = {
      customer: 'ada',
      items: [skus[0], skus[0]].map((sku) => ({ sku, quantity: 1 })),
    };
    await refused(place(twice), 422, 'invalid');
  });

  it('have a customer', async () => {
    const sku = await product();
    for (const customer of ['', 'x'.repeat(101), 7, null]) {
      await refused(place({ ...orderOf({ [sku]: 1 }), customer }), 422, 'invalid');
    }
  });

  it('are not found where there are none', async () => {
    const id = newName('none');
    await refused(ask('GET', `/orders/${id}`), 404, 'not_found');
    await refused(pay(id), 404, 'not_found');
    await refused(cancel(id), 404, 'not_found');
  });
});

describe('stock', () => {
  it('is taken to the last piece', async () => {
    const [mug, pot] = [await product({ stock: 10 }), await product({ stock: 2 })];
    await order({ [mug]: 3, [pot]: 2 });
    assert.deepEqual([await stockOf(mug), await stockOf(pot)], [7, 0]);
    await refused(place(orderOf({ [pot]: 1 })), 409, 'out_of_stock');
  });

  it('stays whole where an item is short or unknown', async () => {
    const [plenty, short] = [await product({ stock: 10 }), await product({ stock: 1 })];
    const customer = newName('customer');
    await refused(place(orderOf({ [plenty]: 4, [short]: 2 }, customer)), 409, 'out_of_stock');
    await refused(
      place(orderOf({ [plenty]: 4, [newName('none')]: 1 }, customer)),
      422,
      'unknown_sku',
    );
    assert.deepEqual([await stockOf(plenty), await stockOf(short)], [10, 1]);
    assert.deepEqual((await list({ customer })).orders, []);
  });

  it('is never sold twice', async () => {
    const sku = await product({ stock: 5 });
    const { counts } = await tally(() => place(orderOf({ [sku]: 1 })));
    assert.deepEqual(counts, { 201: 5, 409: 7 });
    assert.equal(await stockOf(sku), 0);
  });
});

describe('open orders', () => {
  it('are paid once', async () => {
    const sku = await product({ stock: 10 });
    const made = await order({ [sku]: 4 });
    const paid = { ...made, status: 'paid' };
    assert.deepEqual(await ok(pay(made.id)), paid);
    await refused(pay(made.id), 409, 'wrong_state');
    await refused(cancel(made.id), 409, 'wrong_state');
    assert.deepEqual(await orderNow(made.id), paid);
    assert.equal(await stockOf(sku), 6);
  });

  it('are cancelled once, which gives all stock back', async () => {
    const [mug, pot] = [await product({ stock: 10 }), await product({ stock: 5 })];
    const made = await order({ [mug]: 4, [pot]: 5 });
    const cancelled = { ...made, status: 'cancelled' };
    assert.deepEqual(await ok(cancel(made.id)), cancelled);
    await refused(cancel(made.id), 409, 'wrong_state');
    await refused(pay(made.id), 409, 'wrong_state');
    assert.deepEqual(await orderNow(made.id), cancelled);
    assert.deepEqual([await stockOf(mug), await stockOf(pot)], [10, 5]);
  });

  it('are cancelled once also by many at once', async () => {
    const sku = await product({ stock: 10 });
    const { id } = await order({ [sku]: 3 });
    const { counts } = await tally(() => cancel(id));
    assert.deepEqual(counts, { 200: 1, 409: 11 });
    assert.equal(await stockOf(sku), 10);
  });
});
