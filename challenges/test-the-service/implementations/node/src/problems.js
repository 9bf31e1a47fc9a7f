/** What a request is refused for. */
export class Problem extends Error {
  constructor(status, code, message, field) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }

  get body() {
    return { error: { message: this.message, field: this.field, code: this.code } };
  }
}

export const invalid = (field, rule) => new Problem(422, 'invalid', `${field} ${rule}`, field);

export const notFound = (what) => new Problem(404, 'not_found', `${what} does not exist`);

export const conflict = (code, message) => new Problem(409, code, message);
