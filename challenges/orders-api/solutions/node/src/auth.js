import { jwtVerify } from 'jose';

import { Problem } from './problems.js';

/** Puts the token's `{ id, role }` into `req.user`, or answers 401. */
export function authenticate(secret) {
  const key = new TextEncoder().encode(secret);
  return async (req, res, next) => {
    const token = /^Bearer +(\S+)$/i.exec(req.get('Authorization') ?? '')?.[1];
    if (!token) throw unauthenticated('The request has no bearer token.');
    req.user = await verify(token, key);
    next();
  };
}

async function verify(token, key) {
  let claims;
  try {
    const options = { algorithms: ['HS256'], requiredClaims: ['sub', 'role', 'exp'] };
    claims = (await jwtVerify(token, key, options)).payload;
  } catch {
    throw unauthenticated('The token is not valid, or not any more.');
  }
  if (typeof claims.sub !== 'string' || claims.sub === '' || claims.sub.includes('\0')) {
    throw unauthenticated("The token's sub is not the id of anybody.");
  }
  return { id: claims.sub, role: claims.role };
}

/** Lets only these roles pass; others get 403. */
export function allow(...roles) {
  return (req, res, next) => {
    if (!roles.includes(req.user.role)) {
      throw new Problem(403, `This is for ${roles.join(' and ')} only.`);
    }
    next();
  };
}

function unauthenticated(detail) {
  return new Problem(401, detail, { 'WWW-Authenticate': 'Bearer' });
}
