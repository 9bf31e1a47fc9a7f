import { invalid, notFound } from './problems.js';

const IDENTIFIER = /^[A-Za-z0-9_-]{1,64}$/;

/** The sku in a request's path, where a product may be found. */
export function knownSku(req) {
  const { sku } = req.params;
  if (!IDENTIFIER.test(sku)) throw notFound('product');
  return sku;
}

export function identifier(value, name) {
  if (typeof value !== 'string' || !IDENTIFIER.test(value)) {
    throw invalid(`${name} must be 1 to 64 letters, digits, - and _.`);
  }
  return value;
}

/** Who asks, by X-Customer, or null. */
export function customer(req) {
  const id = req.get('X-Customer');
  return id === undefined ? null : identifier(id, 'X-Customer');
}

export function newProduct(req) {
  const sku = identifier(req.params.sku, 'sku');
  const { name, category, description } = object(req.body, ['name', 'category', 'description']);
  return {
    sku,
    name: text(name, 'name', 1, 200),
    category: identifier(category, 'category'),
    description: text(description, 'description', 0, 5000),
  };
}

export function changedSku(req) {
  return identifier(object(req.body, ['sku']).sku, 'sku');
}

/** A body with these fields and no others. */
function object(value, fields) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw invalid('The body must be an object.');
  }
  const keys = Object.keys(value);
  if (keys.length !== fields.length || !keys.every((key) => fields.includes(key))) {
    throw invalid(`The fields are ${fields.join(', ')}.`);
  }
  return value;
}

function text(value, name, min, max) {
  // PostgreSQL can store neither NUL nor half of a surrogate pair.
  if (typeof value !== 'string' || value.includes('\0') || !value.isWellFormed()) {
    throw invalid(`${name} must be a text.`);
  }
  const { length } = [...value];
  if (length < min || length > max) {
    throw invalid(`${name} must have ${min} to ${max} characters.`);
  }
  return value;
}
