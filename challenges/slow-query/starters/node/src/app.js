import express from 'express';

import * as customers from './customers.js';
import * as orders from './orders.js';
import { answerProblem, notFound } from './problems.js';
import * as reports from './reports.js';

export function createApp(pool) {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.locals.pool = pool;

  app.use(express.json());

  app.get('/health', (req, res) => {
    res.json({ status: 'ok' });
  });

  app.get('/customers', customers.find);
  app.get('/customers/:id/orders', customers.history);

  app.get('/orders', orders.list);
  app.post('/orders', orders.place);
  app.get('/orders/:id', orders.get);
  app.put('/orders/:id/status', orders.changeStatus);

  app.get('/reports/orders', reports.orders);
  app.get('/reports/days', reports.days);
  app.get('/reports/products', reports.products);

  app.use(() => {
    throw notFound('path');
  });
  app.use(answerProblem);
  return app;
}
