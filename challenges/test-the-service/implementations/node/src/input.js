import { Problem, invalid } from './problems.js';

const MAX_BODY = 1024 * 1024;
const MAX_PRICE = 1_000_000;
const MAX_STOCK = 100_000;
const MAX_ITEMS = 20;
const MAX_QUANTITY = 100;
const MAX_LIMIT = 50;
const DEFAULT_LIMIT = 20;
const STATUSES = ['open', 'paid', 'cancelled'];

/** The JSON object in a request's body. */
export async function readObject(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) {
      throw new Problem(413, 'too_large', 'the body is too large');
    }
    chunks.push(chunk);
  }
  let body;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw invalid('the body', 'has to be JSON');
  }
  return object(body, 'the body');
}

export function readProduct(body) {
  return {
    sku: sku(body.sku),
    name: text(body.name, 'name'),
    priceCents: whole(body.price_cents, 'price_cents', 0, MAX_PRICE),
    stock: whole(body.stock, 'stock', 0, MAX_STOCK),
  };
}

/** What is to be changed of a product; undefined where it stays as it is. */
export function readChange(body) {
  if (body.price_cents === undefined && body.stock === undefined) {
    throw invalid('the body', 'has to name price_cents or stock');
  }
  const { price_cents: price, stock } = body;
  return {
    priceCents: price === undefined ? price : whole(price, 'price_cents', 0, MAX_PRICE),
    stock: stock === undefined ? stock : whole(stock, 'stock', 0, MAX_STOCK),
  };
}

export function readOrder(body) {
  const customer = text(body.customer, 'customer');
  if (!Array.isArray(body.items) || body.items.length < 1 || body.items.length > MAX_ITEMS) {
    throw invalid('items', `has to be a list of 1 to ${MAX_ITEMS}`);
  }
  const items = body.items.map((item) => {
    const { sku: name, quantity } = object(item, 'an item');
    return { sku: sku(name), quantity: whole(quantity, 'quantity', 1, MAX_QUANTITY) };
  });
  if (new Set(items.map((item) => item.sku)).size < items.length) {
    throw invalid('items', 'may have each sku only once');
  }
  return { customer, items };
}

export function readListing(query) {
  const status = query.get('status') ?? undefined;
  if (status !== undefined && !STATUSES.includes(status)) {
    throw invalid('status', `has to be one of ${STATUSES.join(', ')}`);
  }
  return {
    customer: query.get('customer') ?? undefined,
    status,
    limit: limit(query.get('limit')),
    cursor: query.get('cursor') ?? undefined,
  };
}

function object(value, field) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(field, 'has to be an object');
  }
  return value;
}

function sku(value) {
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-]{1,40}$/.test(value)) {
    throw invalid('sku', 'has to be 1 to 40 of A-Z, a-z, 0-9, _ and -');
  }
  return value;
}

function text(value, field) {
  // Characters are code points here; a string's length would count some of them twice.
  const length = typeof value === 'string' ? [...value].length : 0;
  if (length < 1 || length > 100) {
    throw invalid(field, 'has to be a text of 1 to 100 characters');
  }
  return value;
}

function whole(value, field, least, most) {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw invalid(field, `has to be a whole number from ${least} to ${most}`);
  }
  return value;
}

function limit(given) {
  if (given === null) {
    return DEFAULT_LIMIT;
  }
  return whole(/^\d+$/.test(given) ? Number(given) : undefined, 'limit', 1, MAX_LIMIT);
}
