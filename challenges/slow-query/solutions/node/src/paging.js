import { invalid } from './problems.js';

/** The place of the last order that was shown, its time and its id; that is what a cursor says. */
export function placeOf({ cursor }) {
  if (cursor === undefined) return null;
  let place;
  try {
    place = JSON.parse(Buffer.from(String(cursor), 'base64url').toString());
  } catch {
    place = [];
  }
  const [seconds, id] = Array.isArray(place) ? place : [];
  if (!Number.isSafeInteger(seconds) || Math.abs(seconds) > 1e11 || !Number.isSafeInteger(id)) {
    throw invalid('cursor must be the next_cursor of the page before.');
  }
  return { placedAt: new Date(seconds * 1000), id };
}

/** The page's rows, of which one more than `limit` was asked for, and the next page's cursor. */
export function cut(rows, limit) {
  if (rows.length <= limit) return { rows, nextCursor: null };
  const { placed_at: placedAt, id } = rows[limit - 1];
  const place = JSON.stringify([placedAt.getTime() / 1000, id]);
  return { rows: rows.slice(0, limit), nextCursor: Buffer.from(place).toString('base64url') };
}
