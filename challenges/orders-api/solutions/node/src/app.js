import express from 'express';

import { allow, authenticate } from './auth.js';
import { json } from './body.js';
import { Cursors } from './cursors.js';
import { describe } from './description.js';
import { health, ready } from './health.js';
import * as orders from './orders/handlers.js';
import { answerProblem, notFound } from './problems.js';
import * as products from './products/handlers.js';
import { trace } from './trace.js';

export function createApp({ pool, probePool, secret }) {
  const app = express();
  app.disable('x-powered-by');
  // The tags that count are those of conditions.js.
  app.disable('etag');
  app.enable('case sensitive routing');
  app.locals.pool = pool;
  app.locals.cursors = new Cursors(secret);

  app.use(trace);

  app.get('/health', health);
  app.get('/ready', ready(probePool));
  app.get('/openapi.json', describe);

  app.use(authenticate(secret));

  app.post('/products', allow('admin'), json, products.add);
  app.get('/products', allow('customer', 'support', 'admin'), products.list);
  app.get('/products/:sku', allow('customer', 'support', 'admin'), products.get);
  app.patch('/products/:sku', allow('admin'), json, products.change);
  app.post('/products/:sku/stock', allow('admin'), json, products.adjustStock);

  app.post('/orders', allow('customer'), json, orders.place);
  app.get('/orders', allow('customer', 'support'), orders.list);
  app.get('/orders/:id', allow('customer', 'support'), orders.get);
  app.patch('/orders/:id', allow('customer'), json, orders.change);
  app.post('/orders/:id/cancel', allow('customer'), orders.cancel);

  app.use(() => {
    throw notFound('path');
  });
  app.use(answerProblem);
  return app;
}
