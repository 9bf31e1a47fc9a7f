import { integer, storable, text } from './input.js';
import { microseconds } from './instants.js';
import { invalid } from './problems.js';

/**
 * Reads a request's parameters by the rules of lists. A parameter that is not there is undefined;
 * one that is there twice is no text, and so against every rule.
 */
export class Query {
  #parameters;

  constructor(parameters) {
    this.#parameters = parameters;
  }

  integer(name, min, max) {
    return this.#read(name, (value) => {
      const number = /^-?\d+$/.test(value) ? Number(value) : value;
      return integer(number, name, min, max);
    });
  }

  text(name, max) {
    return this.#read(name, (value) => text(value, name, max));
  }

  storable(name) {
    return this.#read(name, (value) => storable(value, name));
  }

  oneOf(name, choices) {
    return this.#read(name, (value) => {
      if (!choices.includes(value)) throw invalid(`${name} must be one of ${choices.join(', ')}.`);
      return value;
    });
  }

  /** A time, as microseconds since 1970. */
  instant(name) {
    return this.#read(name, (value) => {
      const instant = microseconds(value);
      if (instant === undefined) throw invalid(`${name} must be an RFC 3339 time with offset.`);
      return instant;
    });
  }

  #read(name, parse) {
    const value = this.#parameters[name];
    return value === undefined ? undefined : parse(value);
  }
}
