import { Redis } from 'ioredis';

import { within } from './within.js';

const READ_MS = 400;
const REMOVE_MS = 400;
const CONNECT_MS = 1000;
const REST_MS = 1000;
const QUIET_MS = 10_000;

/**
 * Redis as something that may be there or not. Nothing here throws or takes long: when Redis is in
 * trouble, nothing is found in it, and for a while it is not asked again.
 */
export class RedisStore {
  #client;
  #batch = null;
  #notRemoved = new Set();
  #restsUntil = 0;
  #quietUntil = 0;

  constructor(url) {
    this.#client = new Redis(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      // A connection on which nothing comes is given up; what waits on it fails and is not sent again.
      socketTimeout: CONNECT_MS,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
      retryStrategy: (attempts) => Math.min(attempts * 100, 1000),
    });
    this.#client.on('error', (error) => this.#report(error));
  }

  /** Waits a moment for Redis, but does without it. */
  async connect() {
    await within(CONNECT_MS, this.#client.connect()).catch((error) => this.#report(error));
  }

  close() {
    this.#client.disconnect();
  }

  /** The texts at these keys, null where there is none. All keys of a moment are read by one command. */
  async read(keys) {
    this.#batch ??= this.#nextBatch();
    const { all, answer } = this.#batch;
    const first = all.push(...keys) - keys.length;
    const texts = await answer;
    return keys.map((key, index) => texts?.[first + index] ?? null);
  }

  /** The text at a key, which is the given one if there was none. */
  async readOrWrite(key, text, expiryMs) {
    const before = await this.#try((client) => client.set(key, text, 'PX', expiryMs, 'NX', 'GET'));
    return before === null ? text : before;
  }

  write(key, text, expiryMs) {
    return this.#try((client) => client.set(key, text, 'PX', expiryMs));
  }

  prolong(key, expiryMs) {
    return this.#try((client) => client.pexpire(key, expiryMs));
  }

  /** Is tried also while Redis has a rest. What cannot be removed now is removed before anything is read. */
  async remove(keys, patienceMs = REMOVE_MS) {
    try {
      await within(patienceMs, this.#client.del(keys));
      for (const key of keys) this.#notRemoved.delete(key);
    } catch (error) {
      for (const key of keys) this.#notRemoved.add(key);
      this.#rest(error);
    }
  }

  #nextBatch() {
    const all = [];
    const answer = new Promise((resolve) => setImmediate(resolve)).then(() => {
      this.#batch = null;
      return this.#readAll(all);
    });
    return { all, answer };
  }

  async #readAll(keys) {
    if (this.#notRemoved.size > 0 && !this.#rests()) {
      await this.remove([...this.#notRemoved], READ_MS);
    }
    return this.#try((client) => client.mget(keys));
  }

  /** What Redis answers, or undefined if it is in trouble. */
  async #try(command) {
    if (this.#rests()) return undefined;
    try {
      return await within(READ_MS, command(this.#client));
    } catch (error) {
      this.#rest(error);
      return undefined;
    }
  }

  #rests() {
    return Date.now() < this.#restsUntil;
  }

  #rest(error) {
    this.#restsUntil = Date.now() + REST_MS;
    this.#report(error);
  }

  #report(error) {
    if (Date.now() < this.#quietUntil) return;
    this.#quietUntil = Date.now() + QUIET_MS;
    console.error(`Redis is in trouble: ${error.message}`);
  }
}
