import { invalid } from './problems.js';

const SKU = /^[A-Za-z0-9._-]{1,64}$/;

/** A JSON object with all of the `required` fields, perhaps the `optional` ones, and no others. */
export function object(value, name, required, optional = []) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw invalid(`${name} must be an object.`);
  }
  const missing = required.find((field) => !Object.hasOwn(value, field));
  if (missing) throw invalid(`${name} has no ${missing}.`);
  const unknown = Object.keys(value).find(
    (field) => !required.includes(field) && !optional.includes(field),
  );
  if (unknown !== undefined) throw invalid(`${name} has a field that nobody can set: ${unknown}`);
  return value;
}

export function integer(value, name, min, max) {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalid(`${name} must be an integer from ${min} to ${max}.`);
  }
  return value;
}

/** Of 1 to `max` characters, which are Unicode's code points and not JavaScript's code units. */
export function text(value, name, max) {
  if (typeof value !== 'string' || value === '' || [...value].length > max) {
    throw invalid(`${name} must be a text of 1 to ${max} characters.`);
  }
  return storable(value, name);
}

/** A text that PostgreSQL can keep as it is. */
export function storable(value, name) {
  if (typeof value !== 'string' || value.includes('\0') || !value.isWellFormed()) {
    throw invalid(`${name} must be a text without U+0000 and halves of characters.`);
  }
  return value;
}

export const isSku = (value) => typeof value === 'string' && SKU.test(value);

export function sku(value, name) {
  if (!isSku(value)) {
    throw invalid(`${name} must be 1 to 64 of A-Z a-z 0-9 . _ -`);
  }
  return value;
}
