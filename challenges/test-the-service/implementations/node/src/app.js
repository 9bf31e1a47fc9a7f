import { readChange, readListing, readObject, readOrder, readProduct } from './input.js';
import { Problem, notFound } from './problems.js';
import { Shop } from './shop.js';
import { showOrder, showPage, showProduct } from './views.js';

/** Makes the function that answers requests. */
export function createApp() {
  const shop = new Shop();
  return async (request, response) => {
    const { status, body } = await answer(shop, request);
    const text = JSON.stringify(body);
    response.writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
    });
    response.end(text);
  };
}

async function answer(shop, request) {
  try {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    for (const [method, pattern, handle] of ROUTES) {
      const match = request.method === method && pattern.exec(pathname);
      if (match) {
        return await handle({ shop, request, query: searchParams, name: decode(match[1]) });
      }
    }
    throw notFound(`${request.method} ${pathname}`);
  } catch (error) {
    if (error instanceof Problem) {
      return { status: error.status, body: error.body };
    }
    console.error(error);
    return { status: 500, body: new Problem(500, 'internal', 'this is our fault').body };
  }
}

const ROUTES = [
  ['GET', /^\/health$/, () => ok({ healthy: true })],
  ['POST', /^\/products$/, addProduct],
  ['GET', /^\/products\/([^/]+)$/, ({ shop, name }) => ok(showProduct(shop.product(name)))],
  ['PATCH', /^\/products\/([^/]+)$/, changeProduct],
  ['POST', /^\/orders$/, placeOrder],
  ['GET', /^\/orders$/, listOrders],
  ['GET', /^\/orders\/([^/]+)$/, ({ shop, name }) => ok(showOrder(shop.order(name)))],
  ['POST', /^\/orders\/([^/]+)\/pay$/, ({ shop, name }) => ok(showOrder(shop.pay(name)))],
  ['POST', /^\/orders\/([^/]+)\/cancel$/, ({ shop, name }) => ok(showOrder(shop.cancel(name)))],
];

async function addProduct({ shop, request }) {
  const wanted = readProduct(await readObject(request));
  return created(showProduct(shop.addProduct(wanted)));
}

async function changeProduct({ shop, request, name }) {
  const change = readChange(await readObject(request));
  return ok(showProduct(shop.changeProduct(name, change)));
}

async function placeOrder({ shop, request }) {
  const wanted = readOrder(await readObject(request));
  const key = request.headers['idempotency-key'];
  const made = key === undefined ? undefined : shop.madeWith(key, wanted);
  if (made) {
    return ok(showOrder(made));
  }
  return created(showOrder(shop.place(wanted, key)));
}

function listOrders({ shop, query }) {
  const { limit, cursor, ...filter } = readListing(query);
  return ok(showPage(shop.list(filter, limit, cursor)));
}

const ok = (body) => ({ status: 200, body });
const created = (body) => ({ status: 201, body });

function decode(part) {
  try {
    return part && decodeURIComponent(part);
  } catch {
    throw notFound(part);
  }
}
