import { STATUS_CODES } from 'node:http';

import { isDatabaseAway } from './database.js';

/** An error that the client is told of, as a problem detail (RFC 9457). */
export class Problem extends Error {
  constructor(status, detail, headers = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
  }
}

export const notFound = (what) => new Problem(404, `There is no such ${what}.`);
export const invalid = (detail) => new Problem(422, detail);

/** Express's error handler: nothing that is thrown gets to the client but Problems. */
export function answerProblem(error, req, res, next) {
  if (res.headersSent) return next(error);

  const problem = asProblem(error);
  if (problem !== error && problem.status >= 500) res.locals.cause = error;
  res.status(problem.status).set(problem.headers).type('application/problem+json').json({
    type: 'about:blank',
    title: STATUS_CODES[problem.status],
    status: problem.status,
    detail: problem.message,
  });
}

function asProblem(error) {
  if (error instanceof Problem) return error;
  // The router could not decode a segment of the path, so that it can name nothing that exists.
  if (error instanceof URIError) return notFound('path');
  if (isDatabaseAway(error)) {
    return new Problem(503, 'The service cannot reach its database. Try again in a moment.');
  }
  return new Problem(500, 'Something went wrong here. The log has it under the X-Request-Id.');
}
