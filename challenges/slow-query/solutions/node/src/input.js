import { invalid } from './problems.js';

export const STATUSES = ['pending', 'paid', 'shipped', 'returned', 'cancelled'];

/** The id in a request's path. */
export function id(req) {
  const { id } = req.params;
  if (!/^[0-9]{1,15}$/.test(id)) throw invalid('An id is a number.');
  return Number(id);
}

export function limit(query) {
  const text = query.limit ?? '20';
  if (!/^[0-9]{1,3}$/.test(text) || Number(text) < 1 || Number(text) > 500) {
    throw invalid('limit must be a number from 1 to 500.');
  }
  return Number(text);
}

export function status(value) {
  if (!STATUSES.includes(value)) throw invalid(`A status is one of ${STATUSES.join(', ')}.`);
  return value;
}

/** A parameter that must be there. */
export function text(query, name) {
  if (typeof query[name] !== 'string') throw invalid(`${name} is missing.`);
  return query[name];
}

export function day(query, name) {
  const value = text(query, name);
  const date = new Date(`${value}T00:00:00Z`);
  const exists = /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(date.getTime());
  // A Date takes 30 February for 2 March.
  if (!exists || date.toISOString().slice(0, 10) !== value) {
    throw invalid(`${name} must be a day such as 2023-05-17.`);
  }
  return date;
}

/** A body with these fields and no others. */
export function object(value, fields) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw invalid('It must be an object.');
  }
  const keys = Object.keys(value);
  if (keys.length !== fields.length || !keys.every((key) => fields.includes(key))) {
    throw invalid(`Its fields are ${fields.join(' and ')}.`);
  }
  return value;
}

export function integer(value, name, max) {
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw invalid(`${name} must be a whole number from 1 to ${max}.`);
  }
  return value;
}

export function newOrder(body) {
  const { customer_id: customerId, items } = object(body, ['customer_id', 'items']);
  integer(customerId, 'customer_id', Number.MAX_SAFE_INTEGER);
  if (!Array.isArray(items) || items.length < 1 || items.length > 50) {
    throw invalid('An order has 1 to 50 items.');
  }
  for (const item of items) {
    const { sku, quantity } = object(item, ['sku', 'quantity']);
    if (typeof sku !== 'string' || sku.includes('\0')) throw invalid('A sku is a text.');
    integer(quantity, 'quantity', 1000);
  }
  return { customerId, items };
}
