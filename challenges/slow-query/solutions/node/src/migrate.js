import { readdir, readFile } from 'node:fs/promises';

import pg from 'pg';

const FOLDER = new URL('../migrations/', import.meta.url);

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query('create table if not exists schema_migrations (name text primary key)');
const { rows } = await client.query('select name from schema_migrations');
const done = new Set(rows.map((row) => row.name));

const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
for (const name of names.filter((name) => !done.has(name))) {
  console.log(`Running ${name}`);
  await client.query(await readFile(new URL(name, FOLDER), 'utf8'));
  await client.query('insert into schema_migrations values ($1)', [name]);
}
await client.end();
