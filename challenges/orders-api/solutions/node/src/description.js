import { readFileSync } from 'node:fs';

import { parse } from 'yaml';

const DOCUMENT = parse(readFileSync(new URL('../openapi.yaml', import.meta.url), 'utf8'));

export function describe(req, res) {
  res.json(DOCUMENT);
}
