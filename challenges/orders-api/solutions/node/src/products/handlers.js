import { checkVersion, condition, show } from '../conditions.js';
import { transaction } from '../database.js';
import { isSku } from '../input.js';
import { notFound, Problem } from '../problems.js';
import { readChange, readNewProduct, readStockChange } from './input.js';
import { readListing } from './listing.js';
import * as store from './store.js';

export async function add(req, res) {
  const product = await store.insert(req.app.locals.pool, readNewProduct(req.body));
  if (!product) throw new Problem(409, 'There is a product of this sku already.');
  res.location(`/products/${product.sku}`);
  show(res, product, 201);
}

export async function list(req, res) {
  const { pool, cursors } = req.app.locals;
  const listing = readListing(req.query, cursors);
  const { rows, nextPlace } = await store.page(pool, listing);
  res.json({
    products: rows,
    next_cursor: nextPlace && cursors.write(nextPlace, listing.identity),
  });
}

export async function get(req, res) {
  const product = await store.find(req.app.locals.pool, skuOf(req));
  if (!product) throw notFound('product');
  show(res, product);
}

export async function change(req, res) {
  const sku = skuOf(req);
  const ifMatch = condition(req);
  const fields = readChange(req.body);
  const changed = await transaction(req.app.locals.pool, async (client) => {
    const product = await store.lock(client, sku);
    if (!product) throw notFound('product');
    checkVersion(ifMatch, product.version);
    return store.update(client, { ...product, ...fields });
  });
  show(res, changed);
}

export async function adjustStock(req, res) {
  const { pool } = req.app.locals;
  const sku = skuOf(req);
  const product = await store.addStock(pool, sku, readStockChange(req.body));
  if (!product) {
    if (!(await store.find(pool, sku))) throw notFound('product');
    throw new Problem(409, `The stock would not be from 0 to ${store.MAX_STOCK}.`);
  }
  show(res, product);
}

function skuOf(req) {
  if (!isSku(req.params.sku)) throw notFound('product');
  return req.params.sku;
}
