import { randomUUID } from 'node:crypto';

import { SharedLoads } from './shared-loads.js';

/**
 * Keeps what is expensive to load in Redis, for all instances of the program.
 *
 * A reader may load what was before a write, and store it after. So each group of entries has a lease in
 * Redis, a random text. A reader takes the lease before it loads, and stores the lease with the value;
 * a write takes the lease away. Only what was stored with the lease of now counts.
 */
export class Cache {
  #store;
  #loads = new SharedLoads();

  constructor(store) {
    this.#store = store;
  }

  /** The value of an entry (see entries.js), which is what `load()` has answered lately. */
  get(entry, load) {
    return this.#loads.share(entry.group, entry.name, () => this.#find(entry, load));
  }

  /** To be called after a write and before it is answered. */
  async forget(groups) {
    await this.#store.remove(groups.map(leaseKey));
    // Not earlier: until then, a load could still find in Redis what was before.
    for (const group of groups) this.#loads.forget(group);
  }

  async #find(entry, load) {
    const [text, currentLease] = await this.#store.read([entryKey(entry), leaseKey(entry.group)]);
    const found = parse(text, currentLease);
    if (found && ageOf(found) < entry.freshMs) return found.value;

    const lease = currentLease ?? (await this.#takeLease(entry));
    // Before it is loaded, since what is loaded may be as old as that.
    const loadedAt = Date.now();
    let value;
    try {
      value = await load();
    } catch (error) {
      if (found && ageOf(found) < entry.keptMs) return found.value;
      throw error;
    }
    if (lease) this.#keep(entry, { lease, loadedAt, value });
    return value;
  }

  #takeLease(entry) {
    return this.#store.readOrWrite(leaseKey(entry.group), randomUUID(), leaseMs(entry));
  }

  /** Nobody waits for this: a later read goes to Redis after it, by the same connection. */
  #keep(entry, content) {
    this.#store.write(entryKey(entry), JSON.stringify(content), entry.keptMs);
    this.#store.prolong(leaseKey(entry.group), leaseMs(entry));
  }
}

const entryKey = ({ group, name }) => `${group}:${name}`;
const leaseKey = (group) => `${group}:lease`;

/** Without its lease an entry is worth nothing, so the lease lasts longer. */
const leaseMs = ({ keptMs }) => 2 * keptMs;

function parse(text, lease) {
  if (text === null || lease === null) return null;
  const content = JSON.parse(text);
  return content.lease === lease ? content : null;
}

const ageOf = ({ loadedAt }) => Date.now() - loadedAt;
