import { invalid } from './problems.js';

/** How many rows the pages before have shown; that is what a cursor says. */
export function offsetOf({ cursor = '0' }) {
  if (!/^[0-9]{1,9}$/.test(cursor)) {
    throw invalid('cursor must be the next_cursor of the page before.');
  }
  return Number(cursor);
}

/** The page's rows, of which one more than `limit` was asked for, and the next page's cursor. */
export function cut(rows, offset, limit) {
  if (rows.length <= limit) return { rows, nextCursor: null };
  return { rows: rows.slice(0, limit), nextCursor: String(offset + limit) };
}
