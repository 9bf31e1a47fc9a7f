import { createHash } from 'node:crypto';

/** Answers JSON, or 304 to a client that has it already. Clients may keep it, but ask each time. */
export function answerCurrent(req, res, value) {
  const body = JSON.stringify(value);
  const tag = `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;
  const audience = req.get('X-Customer') === undefined ? 'public' : 'private';
  res.set({ ETag: tag, Vary: 'X-Customer', 'Cache-Control': `${audience}, no-cache` });

  if (hasAlready(req.get('If-None-Match'), tag)) {
    res.status(304).end();
  } else {
    // Not `res.send`, which compares tags in its own way.
    res.type('json').end(body);
  }
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2): W/ makes no difference. */
function hasAlready(header, tag) {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  // Between its quotes, a tag may have commas.
  const tags = header.match(/"[^"]*"/g) ?? [];
  return tags.includes(tag);
}
