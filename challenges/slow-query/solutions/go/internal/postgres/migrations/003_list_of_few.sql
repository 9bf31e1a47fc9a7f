-- Nearly all orders are shipped in the end: the list of these is found in orders_in_time, and an order that
-- gets there leaves this index.
create index concurrently orders_not_shipped on orders (status, placed_at, id) where status <> 'shipped';
