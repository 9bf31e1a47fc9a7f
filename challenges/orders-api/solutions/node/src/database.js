import pg from 'pg';

import { note } from './log.js';

const { builtins } = pg.types;

// Everything that is a bigint here, cents and pieces, is far below 2^53.
pg.types.setTypeParser(builtins.INT8, Number);

export function openPool(connectionString, options = {}) {
  const pool = new pg.Pool({
    connectionString,
    max: 10,
    connectionTimeoutMillis: 8_000,
    query_timeout: 9_000,
    ...options,
  });
  // A connection that breaks tells so with an event, idle or in use. Without a listener on both,
  // the process would end when the database goes away.
  const broken = (error) => note('warn', `A database connection broke: ${error.message}`);
  pool.on('connect', (client) => client.on('error', broken));
  pool.on('error', () => {});
  return pool;
}

/** Calls `work(client)` in a transaction, which is rolled back if `work` throws. */
export async function transaction(pool, work) {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    broken = isDatabaseAway(error) || !(await rollBack(client));
    throw error;
  } finally {
    // A broken one is closed instead of being used again.
    client.release(broken);
  }
}

const rollBack = (client) =>
  client.query('rollback').then(
    () => true,
    () => false,
  );

// SQLSTATE classes: connection exception, insufficient resources, operator intervention.
const AWAY_STATES = /^(08|53|57)/;
const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);
// What pg itself notices has no code.
const AWAY_MESSAGES =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/;

export function isDatabaseAway(error) {
  if (error instanceof pg.DatabaseError) return AWAY_STATES.test(error.code);
  return AWAY_CODES.has(error.code) || AWAY_MESSAGES.test(error.message);
}
