import { createApp } from './app.js';
import { Cache } from './cache.js';
import { openPool } from './database.js';
import { Prices } from './prices.js';
import { Pricing } from './pricing.js';
import { RedisStore } from './redis.js';

const pool = openPool(process.env.DATABASE_URL);
const store = new RedisStore(process.env.REDIS_URL);
const cache = new Cache(store);
const prices = new Prices(new Pricing(process.env.PRICING_URL), cache);

await store.connect();
const server = createApp({ pool, cache, prices }).listen(Number(process.env.PORT));

process.once('SIGTERM', () => {
  server.close(() => {
    store.close();
    pool.end();
  });
});
