import { invalid } from './problems.js';

/** A cursor names the last order shown, by its number; new orders have higher ones. */
export const cursorAfter = (order) => `o${order.number.toString(36)}`;

/** The number below which the page begins. */
export function readCursor(cursor) {
  if (!/^o[0-9a-z]{1,8}$/.test(cursor)) {
    throw invalid('cursor', 'is unknown');
  }
  return Number.parseInt(cursor.slice(1), 36);
}
