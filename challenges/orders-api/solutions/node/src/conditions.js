import { Problem } from './problems.js';

const tagOf = (version) => `"${version}"`;

/** Answers with a product or an order and its tag. */
export function show(res, { version, ...body }, status = 200) {
  res.status(status).set('ETag', tagOf(version)).json(body);
}

/** The request's If-Match, without which nothing is changed. */
export function condition(req) {
  const ifMatch = req.get('If-Match');
  if (ifMatch === undefined) {
    throw new Problem(428, 'Say with If-Match which version is to be changed; its ETag is that.');
  }
  return ifMatch;
}

export function checkVersion(ifMatch, version) {
  if (ifMatch !== '*' && ifMatch !== tagOf(version)) {
    throw new Problem(412, 'It has changed since. Get it anew and change that.');
  }
}
