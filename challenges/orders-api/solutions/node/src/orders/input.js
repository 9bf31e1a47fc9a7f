import { integer, object, sku } from '../input.js';
import { invalid } from '../problems.js';

const USABLE_KEY = /^[!-~]{1,255}$/;

/** The items of a new or changed order, by sku: the order in which stock is locked everywhere. */
export function readItems(body) {
  object(body, 'The body', ['items']);
  if (!Array.isArray(body.items) || body.items.length < 1 || body.items.length > 20) {
    throw invalid('items must be a list of 1 to 20 items.');
  }
  const items = body.items.map((item, at) => {
    object(item, `items[${at}]`, ['sku', 'quantity']);
    return {
      sku: sku(item.sku, `items[${at}].sku`),
      quantity: integer(item.quantity, `items[${at}].quantity`, 1, 100),
    };
  });
  if (new Set(items.map((item) => item.sku)).size < items.length) {
    throw invalid('items must name each sku once.');
  }
  return items.sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** The request's Idempotency-Key, or undefined. */
export function readKey(req) {
  const key = req.get('Idempotency-Key');
  if (key !== undefined && !USABLE_KEY.test(key)) {
    throw invalid('Idempotency-Key must be 1 to 255 visible ASCII characters.');
  }
  return key;
}
