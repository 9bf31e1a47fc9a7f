import express from 'express';

import { Problem } from './problems.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });
// Far above what any valid body needs.
const raw = express.raw({ type: () => true, limit: '256kb' });

/**
 * Reads `req.body` as JSON, whatever the Content-Type calls it. express.json() does less: it takes
 * no bare text or number for JSON, and no body at all for an empty one.
 */
export function json(req, res, next) {
  raw(req, res, (error) => {
    if (error) return next(asProblem(error));
    try {
      req.body = JSON.parse(utf8.decode(req.body));
    } catch {
      return next(new Problem(400, 'The body is not JSON in UTF-8.'));
    }
    next();
  });
}

function asProblem(error) {
  switch (error.status) {
    case 413:
      return new Problem(413, 'The body is too large.');
    case 415:
      return new Problem(415, 'The body has an encoding that is not known here.');
    default:
      return new Problem(400, 'The body could not be read.');
  }
}
