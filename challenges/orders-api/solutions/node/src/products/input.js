import { integer, object, sku, text } from '../input.js';
import { invalid } from '../problems.js';
import { MAX_STOCK } from './store.js';

export const MAX_PRICE = 100_000_000;

const readName = (value) => text(value, 'name', 200);
const readPrice = (value) => integer(value, 'price_cents', 0, MAX_PRICE);

export function readNewProduct(body) {
  object(body, 'The body', ['sku', 'name', 'price_cents', 'stock']);
  return {
    sku: sku(body.sku, 'sku'),
    name: readName(body.name),
    price_cents: readPrice(body.price_cents),
    stock: integer(body.stock, 'stock', 0, MAX_STOCK),
  };
}

export function readChange(body) {
  object(body, 'The body', [], ['name', 'price_cents']);
  const change = {};
  if (Object.hasOwn(body, 'name')) change.name = readName(body.name);
  if (Object.hasOwn(body, 'price_cents')) change.price_cents = readPrice(body.price_cents);
  if (Object.keys(change).length === 0) throw invalid('The body changes nothing.');
  return change;
}

export function readStockChange(body) {
  object(body, 'The body', ['change']);
  const change = integer(body.change, 'change', -1_000_000, 1_000_000);
  if (change === 0) throw invalid('change must not be 0.');
  return change;
}
