import pg from 'pg';

export function openPool(connectionString) {
  const pool = new pg.Pool({ connectionString, max: 10 });
  // Without a listener, the process would end when an idle connection breaks.
  pool.on('error', (error) => console.error(error.message));
  return pool;
}

/** Calls `work(client)` in a transaction, which is rolled back if `work` throws. */
export async function transaction(pool, work) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    await client.query('rollback').then(
      () => client.release(),
      (broken) => client.release(broken),
    );
    throw error;
  }
}
