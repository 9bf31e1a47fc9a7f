import { Problem } from './problems.js';

const TIMEOUT_MS = 2000;

/** The service that knows all prices. They are in cents, and null where it knows none. */
export class Pricing {
  #url;

  constructor(url) {
    this.#url = url.replace(/\/+$/, '');
  }

  listPrice(sku) {
    return this.#ask(`/prices/${sku}`);
  }

  customersPrice(customer, sku) {
    return this.#ask(`/customers/${customer}/prices/${sku}`);
  }

  async #ask(path) {
    try {
      const response = await fetch(this.#url + path, {
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body = await response.text();
      if (response.status === 404) return null;
      if (response.status !== 200) throw new Error(`Pricing answered ${response.status}.`);
      return centsOf(JSON.parse(body));
    } catch (cause) {
      throw new Problem(503, 'Pricing does not answer.', { cause });
    }
  }
}

function centsOf({ cents }) {
  if (!Number.isSafeInteger(cents)) throw new Error('Pricing answered no price.');
  return cents;
}
