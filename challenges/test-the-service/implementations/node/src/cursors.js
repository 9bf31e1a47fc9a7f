import { invalid } from './problems.js';

/** A cursor names the last order shown, by its number; new orders have higher ones. */
export const cursorAfter = (order) => `o.${order.number}`;

/** The number below which the page begins. */
export function readCursor(cursor) {
  if (!/^o\.\d{1,9}$/.test(cursor)) {
    throw invalid('cursor', 'is unknown');
  }
  return Number(cursor.slice(2));
}
