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
  pages,
  pay,
  product,
  refused,
} from './shop.js';

/** The ids of new orders of a customer, the newest first. */
async function someOrders(count, customer) {
  const sku = await product();
  const ids = [];
  for (let number = 0; number < count; number += 1) {
    ids.unshift((await order({ [sku]: 1 }, customer)).id);
  }
  return ids;
}

const idsOf = (orders) => orders.map(({ id }) => id);

async function idsOfPages(query) {
  const all = [];
  for await (const page of pages(query)) {
    all.push(idsOf(page));
  }
  return all;
}

describe('lists', () => {
  it('show orders as they are, the newest first', async () => {
    const customer = newName('customer');
    const made = await someOrders(3, customer);
    await ok(pay(made[1]));
    const page = await list({ customer });
    assert.deepEqual(page.orders, await Promise.all(made.map(orderNow)));
    assert.equal(page.next_cursor, null);
  });

  it('are filtered by customer and status, alone and together', async () => {
    const [customer, other] = [newName('customer'), newName('other')];
    const [opened, paid, cancelled] = await someOrders(3, customer);
    const [foreign] = await someOrders(1, other);
    await ok(pay(paid));
    await ok(pay(foreign));
    await ok(cancel(cancelled));
    const found = async (query) => idsOf((await list(query)).orders);
    assert.deepEqual(await found({ customer, status: 'open' }), [opened]);
    assert.deepEqual(await found({ customer, status: 'paid' }), [paid]);
    assert.deepEqual(await found({ customer, status: 'cancelled' }), [cancelled]);
    assert.deepEqual(await found({ customer: other }), [foreign]);
    const allPaid = await found({ status: 'paid', limit: 50 });
    assert.ok(allPaid.includes(foreign) && allPaid.includes(paid) && !allPaid.includes(opened));
  });

  it('have pages of 20 unless asked for others', async () => {
    const customer = newName('customer');
    const made = await someOrders(21, customer);
    assert.deepEqual(await idsOfPages({ customer }), [made.slice(0, 20), made.slice(20)]);
    assert.deepEqual(await idsOfPages({ customer, limit: 50 }), [made]);
  });

  for (const count of [4, 5]) {
    it(`of ${count} are turned two by two`, async () => {
      const customer = newName('customer');
      const made = await someOrders(count, customer);
      const expected = [];
      for (let from = 0; from < count; from += 2) {
        expected.push(made.slice(from, from + 2));
      }
      assert.deepEqual(await idsOfPages({ customer, limit: 2 }), expected);
    });
  }

  it('do not move when orders arrive between two pages', async () => {
    const customer = newName('customer');
    const made = await someOrders(5, customer);
    const seen = [];
    for await (const page of pages({ customer, limit: 2 })) {
      seen.push(...idsOf(page));
      await someOrders(1, customer);
    }
    assert.deepEqual(seen, made);
  });

  for (const query of [
    { limit: 0 },
    { limit: 51 },
    { limit: 'two' },
    { limit: '2.5' },
    { status: 'lost' },
    { cursor: 'not-a-cursor' },
  ]) {
    it(`are refused with ${JSON.stringify(query)}`, async () => {
      await refused(ask('GET', '/orders', { query }), 422, 'invalid');
    });
  }
});
