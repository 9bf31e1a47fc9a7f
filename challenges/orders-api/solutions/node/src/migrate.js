import { readdir, readFile } from 'node:fs/promises';

import { transaction } from './database.js';

const FOLDER = new URL('./migrations/', import.meta.url);
// Any number will do, as long as all instances take the same.
const LOCK = 7_305_201;

/** Runs the files of `migrations/` that this database has not seen yet, in order of their names. */
export async function migrate(pool) {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  await transaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await client.query('create table if not exists migrations (name text primary key)');
    const { rows } = await client.query('select name from migrations');
    const done = new Set(rows.map((row) => row.name));

    for (const name of names.filter((name) => !done.has(name))) {
      await client.query(await readFile(new URL(name, FOLDER), 'utf8'));
      await client.query('insert into migrations values ($1)', [name]);
    }
  });
}
