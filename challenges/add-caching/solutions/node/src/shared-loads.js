/** Loads that are under way. Whoever wants the same thing meanwhile gets the same promise. */
export class SharedLoads {
  #groups = new Map();

  share(group, name, load) {
    const loads = this.#groups.get(group) ?? new Map();
    this.#groups.set(group, loads);
    if (!loads.has(name)) {
      loads.set(name, load().finally(() => this.#end(group, name, loads)));
    }
    return loads.get(name);
  }

  /** Nobody who comes later joins the group's loads. Who has joined gets what they load. */
  forget(group) {
    this.#groups.delete(group);
  }

  #end(group, name, loads) {
    loads.delete(name);
    if (loads.size === 0 && this.#groups.get(group) === loads) this.#groups.delete(group);
  }
}
