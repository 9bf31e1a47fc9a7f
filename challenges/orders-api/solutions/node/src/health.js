import { Problem } from './problems.js';

export function health(req, res) {
  res.json({ status: 'ok' });
}

export function ready(pool) {
  return async (req, res) => {
    try {
      await pool.query('select 1');
    } catch {
      throw new Problem(503, 'The service cannot reach its database.');
    }
    res.json({ status: 'ready' });
  };
}
