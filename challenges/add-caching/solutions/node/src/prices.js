import { customersPrice, listPrice, pricesOf } from './entries.js';

/** What products cost, asked of Pricing when nobody has asked lately. */
export class Prices {
  #pricing;
  #cache;

  constructor(pricing, cache) {
    this.#pricing = pricing;
    this.#cache = cache;
  }

  /** What a customer pays, or anybody if `customer` is null. */
  async priceFor(customer, sku) {
    const agreed = customer === null ? null : await this.#customersPrice(customer, sku);
    return agreed ?? this.#listPrice(sku);
  }

  /** To be called when any price of the sku has changed. */
  forget(sku) {
    return this.#cache.forget([pricesOf(sku)]);
  }

  #listPrice(sku) {
    return this.#cache.get(listPrice(sku), () => this.#pricing.listPrice(sku));
  }

  #customersPrice(customer, sku) {
    return this.#cache.get(customersPrice(customer, sku), () =>
      this.#pricing.customersPrice(customer, sku),
    );
  }
}
