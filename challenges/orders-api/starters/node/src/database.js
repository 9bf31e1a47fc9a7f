import pg from 'pg';

export function openPool(connectionString) {
  const pool = new pg.Pool({ connectionString, max: 10 });
  // Without a listener, the process would end when an idle connection breaks.
  pool.on('error', (error) => console.error(error.message));
  return pool;
}

/** The tables of the brief are there. What you want beside them goes here, and runs at start. */
export async function migrate(pool) {
  await pool.query('select 1');
}
