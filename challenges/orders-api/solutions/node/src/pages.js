/** Conditions of a query, and the values that they are about. */
export class Conditions {
  #conditions = ['true'];
  values = [];

  /** Adds `condition(...)`, called with the placeholders of `values`, if none of them is undefined. */
  add(condition, ...values) {
    if (values.includes(undefined)) return;
    const placeholders = values.map((value) => `$${this.values.push(value)}`);
    this.#conditions.push(condition(...placeholders));
  }

  toString() {
    return this.#conditions.join(' and ');
  }
}

/** Cuts the row too many, which was fetched to see whether there is a next page. */
export function cut(rows, limit, placeOf) {
  if (rows.length <= limit) return { rows, nextPlace: null };
  const page = rows.slice(0, limit);
  return { rows: page, nextPlace: placeOf(page.at(-1)) };
}
