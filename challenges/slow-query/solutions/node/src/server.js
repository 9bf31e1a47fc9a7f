import { createApp } from './app.js';
import { openPool } from './database.js';

const pool = openPool(process.env.DATABASE_URL);
const server = createApp(pool).listen(Number(process.env.PORT));

process.once('SIGTERM', () => server.close(() => pool.end()));
