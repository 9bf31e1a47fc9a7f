import { Query } from '../query.js';

/** What a request asks of the list of orders: filters, sort, and where its page begins. */
export function readListing(parameters, user, cursors) {
  const query = new Query(parameters);
  const customerId = query.storable('customer_id');
  const filters = {
    // Customers see their own orders, whosever they ask for.
    customerId: user.role === 'support' ? customerId : user.id,
    status: query.oneOf('status', ['confirmed', 'cancelled']),
    createdFrom: query.instant('created_from'),
    createdTo: query.instant('created_to'),
  };
  const sort = query.oneOf('sort', ['created_at', '-created_at']) ?? '-created_at';
  const limit = query.integer('limit', 1, 100) ?? 20;
  const identity = { of: 'orders', filters, sort };
  return { filters, sort, limit, identity, after: cursors.read(parameters.cursor, identity) };
}
