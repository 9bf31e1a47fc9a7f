import pg from 'pg';

export function openPool(connectionString) {
  const pool = new pg.Pool({ connectionString, max: 10 });
  // Without a listener, the process would end when an idle connection breaks.
  pool.on('error', (error) => console.error(error.message));
  return pool;
}
