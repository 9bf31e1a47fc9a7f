import { Query } from '../query.js';
import { MAX_PRICE } from './input.js';

const SORTS = ['sku', '-sku', 'price_cents', '-price_cents'];

/** What a request asks of the list of products: filters, sort, and where its page begins. */
export function readListing(parameters, cursors) {
  const query = new Query(parameters);
  const filters = {
    q: query.text('q', 200),
    minPrice: query.integer('min_price_cents', 0, MAX_PRICE),
    maxPrice: query.integer('max_price_cents', 0, MAX_PRICE),
    inStock: query.oneOf('in_stock', ['true', 'false']),
  };
  const sort = query.oneOf('sort', SORTS) ?? 'sku';
  const limit = query.integer('limit', 1, 100) ?? 20;
  const identity = { of: 'products', filters, sort };
  return { filters, sort, limit, identity, after: cursors.read(parameters.cursor, identity) };
}
