import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { cursorAfter, readCursor } from './cursors.js';
import { Problem, conflict, notFound } from './problems.js';

/**
 * The shop: what there is, and what may be done with it. No method awaits anything, so that each
 * happens as a whole.
 */
export class Shop {
  #products = new Map();
  /** All orders, the oldest first. */
  #orders = [];
  #ordersById = new Map();
  /** What each idempotency key was first used for. */
  #keys = new Map();

  addProduct(product) {
    if (this.#products.has(product.sku)) {
      throw conflict('sku_taken', `the sku ${product.sku} is taken`);
    }
    this.#products.set(product.sku, { ...product, addedAt: new Date() });
    return this.product(product.sku);
  }

  product(sku) {
    const product = this.#products.get(sku);
    if (!product) {
      throw notFound(`product ${sku}`);
    }
    return product;
  }

  changeProduct(sku, { priceCents, stock }) {
    const product = this.product(sku);
    product.priceCents = priceCents ?? product.priceCents;
    product.stock = stock ?? product.stock;
    return product;
  }

  /** The order that a key has made, if it has made one. */
  madeWith(key, wanted) {
    const used = this.#keys.get(key);
    if (used && !isDeepStrictEqual(used.wanted, wanted)) {
      throw conflict('key_reused', 'the key belongs to another request');
    }
    return used?.order;
  }

  place(wanted, key) {
    const lines = wanted.items.map(({ sku, quantity }) => {
      const product = this.#products.get(sku);
      if (!product) {
        throw new Problem(422, 'unknown_sku', `product ${sku} does not exist`);
      }
      return { product, quantity };
    });
    const short = lines.find(({ product, quantity }) => product.stock < quantity);
    if (short) {
      throw conflict('out_of_stock', `there is not enough of ${short.product.sku}`);
    }

    for (const { product, quantity } of lines) {
      product.stock -= quantity;
    }
    const order = {
      id: `ord_${randomBytes(9).toString('base64url')}`,
      number: this.#orders.length,
      customer: wanted.customer,
      status: 'open',
      items: lines.map(({ product, quantity }) => ({
        sku: product.sku,
        quantity,
        unitPriceCents: product.priceCents,
      })),
      createdAt: new Date(),
    };
    this.#orders.push(order);
    this.#ordersById.set(order.id, order);
    if (key !== undefined) {
      this.#keys.set(key, { wanted, order });
    }
    return order;
  }

  order(id) {
    const order = this.#ordersById.get(id);
    if (!order) {
      throw notFound(`order ${id}`);
    }
    return order;
  }

  pay(id) {
    const order = this.#openOrder(id);
    order.status = 'paid';
    return order;
  }

  cancel(id) {
    const order = this.#openOrder(id);
    order.status = 'cancelled';
    for (const { sku, quantity } of order.items) {
      this.product(sku).stock += quantity;
    }
    return order;
  }

  #openOrder(id) {
    const order = this.order(id);
    if (order.status !== 'open') {
      throw conflict('wrong_state', `the order is ${order.status}`);
    }
    return order;
  }

  /** A page, the newest first, and the cursor of the next one if there is one. */
  list({ customer, status }, limit, cursor) {
    const orders = [];
    let number = this.#orders.length;
    if (cursor !== undefined) {
      number = Math.min(number, readCursor(cursor));
    }
    while (number > 0) {
      number -= 1;
      const order = this.#orders[number];
      const isWanted =
        (customer === undefined || order.customer === customer) &&
        (status === undefined || order.status === status);
      if (isWanted && orders.length === limit) {
        return { orders, nextCursor: cursorAfter(orders.at(-1)) };
      }
      if (isWanted) {
        orders.push(order);
      }
    }
    return { orders, nextCursor: null };
  }
}
