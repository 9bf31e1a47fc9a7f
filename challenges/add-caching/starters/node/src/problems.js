import { STATUS_CODES } from 'node:http';

/** An error that the client is told of, as a problem detail (RFC 9457). */
export class Problem extends Error {
  constructor(status, detail, options) {
    super(detail, options);
    this.status = status;
  }
}

export const notFound = (what) => new Problem(404, `There is no such ${what}.`);

export const invalid = (detail) => new Problem(422, detail);

/** Express's error handler. What a handler throws gets here, also from an async one. */
export function answerProblem(error, req, res, next) {
  if (res.headersSent) return next(error);

  const problem = asProblem(error);
  res.status(problem.status).type('application/problem+json').json({
    title: STATUS_CODES[problem.status],
    status: problem.status,
    detail: problem.message,
  });
}

function asProblem(error) {
  if (error instanceof Problem) return error;
  if (error.type === 'entity.parse.failed') return new Problem(400, 'The body is not JSON.');
  // A path that cannot be decoded, such as /products/%zz.
  if (error instanceof URIError) return notFound('path');
  if (error.expose) return new Problem(error.status, error.message);
  console.error(error);
  return new Problem(500, 'Something went wrong.');
}
