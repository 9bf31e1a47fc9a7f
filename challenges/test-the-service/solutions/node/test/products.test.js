import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { ask, newName, ok, refused } from './shop.js';

const newProduct = (changes) => ({
  sku: newName('sku'),
  name: 'Mug',
  price_cents: 1250,
  stock: 8,
  ...changes,
});
const add = (body) => ask('POST', '/products', { body });
const change = (sku, body) => ask('PATCH', `/products/${sku}`, { body });
const read = (sku) => ok(ask('GET', `/products/${sku}`));

const pick = (from, like) => Object.fromEntries(Object.keys(like).map((key) => [key, from[key]]));

describe('products', () => {
  it('are answered and read back', async () => {
    const body = newProduct();
    assert.deepEqual(pick(await ok(add(body), 201), body), body);
    assert.deepEqual(pick(await read(body.sku), body), body);
  });

  it('have bounds that are allowed', async () => {
    await ok(add(newProduct({ price_cents: 0, stock: 0 })), 201);
    await ok(
      add(newProduct({ price_cents: 1_000_000, stock: 100_000, name: 'x'.repeat(100) })),
      201,
    );
  });

  it('have a sku that can be taken only once', async () => {
    const body = newProduct();
    await ok(add(body), 201);
    await refused(add({ ...body, name: 'Pot', stock: 1 }), 409, 'sku_taken');
    assert.deepEqual(pick(await read(body.sku), body), body);
  });

  for (const broken of [
    { sku: 'with space' },
    { sku: 'x'.repeat(41) },
    { name: '' },
    { name: 'x'.repeat(101) },
    { price_cents: -1 },
    { price_cents: 1_000_001 },
    { price_cents: 2.5 },
    { price_cents: '3' },
    { price_cents: true },
    { stock: -1 },
    { stock: 100_001 },
    { stock: null },
    { stock: undefined },
  ]) {
    it(`are refused with ${JSON.stringify(broken)}`, async () => {
      await refused(add(newProduct(broken)), 422, 'invalid');
    });
  }

  for (const text of ['', '{', '[]', 'null']) {
    it(`are refused as ${JSON.stringify(text)}`, async () => {
      await refused(ask('POST', '/products', { text }), 422, 'invalid');
    });
  }

  it('are not found where there are none', async () => {
    await refused(ask('GET', `/products/${newName('none')}`), 404, 'not_found');
    await refused(change(newName('none'), { stock: 1 }), 404, 'not_found');
  });

  for (const wanted of [{ price_cents: 7 }, { stock: 3 }, { price_cents: 0, stock: 0 }]) {
    it(`change only what ${JSON.stringify(wanted)} names`, async () => {
      const body = newProduct();
      await ok(add(body), 201);
      await ok(change(body.sku, wanted));
      assert.deepEqual(pick(await read(body.sku), body), { ...body, ...wanted });
    });
  }

  for (const wanted of [{}, { price_cents: 7, stock: -1 }, { price_cents: true }]) {
    it(`stay as they are when ${JSON.stringify(wanted)} is refused`, async () => {
      const body = newProduct();
      await ok(add(body), 201);
      await refused(change(body.sku, wanted), 422, 'invalid');
      assert.deepEqual(pick(await read(body.sku), body), body);
    });
  }
});
