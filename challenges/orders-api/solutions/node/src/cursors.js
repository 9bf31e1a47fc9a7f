import { createHmac } from 'node:crypto';

import { invalid } from './problems.js';

/**
 * A cursor is the place of a page's last row, signed together with the list that it belongs to:
 * whose, of which filters, in which order. So only our own come back, and only to their list.
 */
export class Cursors {
  #secret;

  constructor(secret) {
    this.#secret = secret;
  }

  write(place, list) {
    return this.#seal(Buffer.from(JSON.stringify(place)).toString('base64url'), list);
  }

  /** The place that was written, or undefined if there is no cursor. */
  read(cursor, list) {
    if (cursor === undefined) return undefined;
    const [payload] = String(cursor).split('.', 1);
    if (cursor !== this.#seal(payload, list)) {
      throw invalid('cursor must be the next_cursor of a page with the same filters and sort.');
    }
    return JSON.parse(Buffer.from(payload, 'base64url').toString());
  }

  #seal(payload, list) {
    const signature = createHmac('sha256', this.#secret)
      .update(`cursor ${JSON.stringify(list)} ${payload}`)
      .digest('base64url');
    return `${payload}.${signature}`;
  }
}
