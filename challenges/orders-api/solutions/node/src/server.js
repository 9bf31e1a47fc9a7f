import { createServer } from 'node:http';

import { createApp } from './app.js';
import { readConfig } from './config.js';
import { openPool } from './database.js';
import { note } from './log.js';
import { migrate } from './migrate.js';

const config = readConfig(process.env);
const pool = openPool(config.databaseUrl);
await migrate(pool);

// Readiness has a connection of its own: it must not queue behind orders, and not wait for long.
const probePool = openPool(config.databaseUrl, {
  max: 1,
  connectionTimeoutMillis: 2_000,
  query_timeout: 2_000,
});

const app = createApp({ pool, probePool, secret: config.secret });
// Longer than clients keep an idle connection, so that none is closed under a request on its way.
const server = createServer({ keepAliveTimeout: 75_000 }, app);
server.listen(config.port, () => note('info', `Listening on port ${config.port}`));

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    note('info', `Stopping on ${signal}`);
    server.close(() => Promise.all([pool.end(), probePool.end()]));
    server.closeIdleConnections();
  });
}
