import { randomUUID } from 'node:crypto';

const USABLE_ID = /^[!-~]{1,128}$/;

/** Gives every answer its request id, and every request its line in the log. */
export function trace(req, res, next) {
  const startedAt = process.hrtime.bigint();
  const given = req.get('X-Request-Id');
  const requestId = given !== undefined && USABLE_ID.test(given) ? given : randomUUID();
  res.set('X-Request-Id', requestId);

  // `close` comes after every answer, and also if the client has gone before it.
  res.once('close', () => {
    const line = {
      time: new Date().toISOString(),
      request_id: requestId,
      method: req.method,
      path: req.originalUrl.split('?', 1)[0],
      status: res.statusCode,
      duration_ms: Number(process.hrtime.bigint() - startedAt) / 1e6,
    };
    // The cause of a 5xx, which the answer does not tell; see problems.js.
    if (res.locals.cause) line.error = res.locals.cause.stack;
    console.log(JSON.stringify(line));
  });
  next();
}
