import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';

const { BASE_URL, SEED } = process.env;
const name = `cup ${SEED}`;

const post = (item) =>
  fetch(`${BASE_URL}/items`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(item),
  });

describe('items', () => {
  it('are read back', async () => {
    const created = await post({ name, quantity: 3 });
    assert.equal(created.status, 201);
    const { id } = await created.json();
    assert.equal(created.headers.get('Location'), `/items/${id}`);

    const read = await fetch(`${BASE_URL}/items/${id}`);
    assert.equal(read.status, 200);
    assert.deepEqual(await read.json(), { id, name, quantity: 3 });
  });

  it('are not found by an unknown id', async () => {
    const answer = await fetch(`${BASE_URL}/items/${randomUUID()}`);
    assert.equal(answer.status, 404);
  });

  it('have a quantity of 1 or more', async () => {
    for (const quantity of [0, -1]) {
      const answer = await post({ name, quantity });
      assert.equal(answer.status, 422, `quantity ${quantity}`);
    }
  });
});
