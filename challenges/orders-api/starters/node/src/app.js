import express from 'express';

import { answerProblem, Problem } from './problems.js';

export function createApp({ pool, secret }) {
  const app = express();
  app.disable('x-powered-by');
  // What your handlers need; they find it in req.app.locals.
  app.locals.pool = pool;
  app.locals.secret = secret;

  app.get('/health', (req, res) => {
    res.json({ status: 'ok' });
  });

  // From here on it is yours. Each of these answers 501 until you write it.

  app.get('/ready', notBuiltYet('Readiness'));
  app.get('/openapi.json', notBuiltYet('The description'));

  app.post('/products', notBuiltYet('Adding a product'));
  app.get('/products', notBuiltYet('Listing products'));
  app.get('/products/:sku', notBuiltYet('Showing a product'));
  app.patch('/products/:sku', notBuiltYet('Changing a product'));
  app.post('/products/:sku/stock', notBuiltYet('Adjusting stock'));

  app.post('/orders', notBuiltYet('Placing an order'));
  app.get('/orders', notBuiltYet('Listing orders'));
  app.get('/orders/:id', notBuiltYet('Showing an order'));
  app.patch('/orders/:id', notBuiltYet('Changing an order'));
  app.post('/orders/:id/cancel', notBuiltYet('Cancelling an order'));

  app.use(answerProblem);
  return app;
}

function notBuiltYet(what) {
  return () => {
    throw new Problem(501, `${what} is not built yet.`);
  };
}
