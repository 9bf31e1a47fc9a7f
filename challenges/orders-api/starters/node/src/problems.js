import { STATUS_CODES } from 'node:http';

/** An error that the client is told of, as a problem detail (RFC 9457). */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Express's error handler. What a handler throws gets here, also from an async one. */
export function answerProblem(error, req, res, next) {
  if (res.headersSent) return next(error);

  const problem = error instanceof Problem ? error : new Problem(500, 'Something went wrong.');
  if (problem !== error) console.error(error);
  res.status(problem.status).type('application/problem+json').json({
    type: 'about:blank',
    title: STATUS_CODES[problem.status],
    status: problem.status,
    detail: problem.message,
  });
}
