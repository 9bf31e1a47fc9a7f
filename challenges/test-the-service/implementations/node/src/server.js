import { createServer } from 'node:http';

import { createApp } from './app.js';

// Longer than clients keep an idle connection, so that none is closed under a request on its way.
const server = createServer({ keepAliveTimeout: 75_000 }, createApp());
server.listen(Number(process.env.PORT ?? 8080), '0.0.0.0');

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
  });
}
