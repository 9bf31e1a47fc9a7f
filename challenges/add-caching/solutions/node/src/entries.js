// What is kept. An entry is answered while it is fresh, and if nothing newer can be had, while it is kept.
// Each belongs to a group, which is what a write makes out of date at once.

// Ten seconds are promised. An answer may take two calls to Pricing, of two seconds at most each, and is
// still to be good for five seconds after.
const FRESH_MS = 9_500;
const ROWS = { freshMs: FRESH_MS, keptMs: FRESH_MS };
const PRICES = { freshMs: FRESH_MS, keptMs: 5 * 60_000 };

export const productOf = (sku) => `product:${sku}`;
export const listOf = (category) => `list:${category}`;
export const pricesOf = (sku) => `prices:${sku}`;

export const product = (sku) => ({ group: productOf(sku), name: 'row', ...ROWS });
export const list = (category) => ({ group: listOf(category), name: 'rows', ...ROWS });
export const listPrice = (sku) => ({ group: pricesOf(sku), name: 'list', ...PRICES });
export const customersPrice = (customer, sku) => ({
  group: pricesOf(sku),
  name: `customer:${customer}`,
  ...PRICES,
});
