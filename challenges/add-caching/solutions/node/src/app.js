import express from 'express';

import { answerProblem, notFound } from './problems.js';
import * as products from './products.js';

export function createApp(services) {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  Object.assign(app.locals, services);

  // A body is JSON whatever its Content-Type says, and a lone number or text is JSON too.
  const json = express.json({ type: () => true, strict: false });

  app.get('/health', (req, res) => {
    res.json({ status: 'ok' });
  });

  app.get('/products', products.list);
  app.get('/products/:sku', products.get);
  app.put('/products/:sku', json, products.put);
  app.delete('/products/:sku', products.remove);

  app.post('/price-changes', json, products.changePrice);

  app.use(() => {
    throw notFound('path');
  });
  app.use(answerProblem);
  return app;
}
