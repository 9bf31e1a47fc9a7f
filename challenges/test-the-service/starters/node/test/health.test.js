import assert from 'node:assert/strict';
import { test } from 'node:test';

const BASE_URL = process.env.BASE_URL;

test('the service is healthy', async () => {
  const response = await fetch(`${BASE_URL}/health`);
  assert.equal(response.status, 200);
});
