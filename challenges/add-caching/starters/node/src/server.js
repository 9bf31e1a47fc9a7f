import { createApp } from './app.js';
import { openPool } from './database.js';
import { Pricing } from './pricing.js';

const pool = openPool(process.env.DATABASE_URL);
const pricing = new Pricing(process.env.PRICING_URL);
const server = createApp({ pool, pricing }).listen(Number(process.env.PORT));

process.once('SIGTERM', () => server.close(() => pool.end()));
