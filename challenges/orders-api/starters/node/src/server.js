import { createApp } from './app.js';
import { migrate, openPool } from './database.js';

const pool = openPool(process.env.DATABASE_URL);
await migrate(pool);

const app = createApp({ pool, secret: process.env.AUTH_SECRET });
const server = app.listen(Number(process.env.PORT));

process.once('SIGTERM', () => server.close(() => pool.end()));
