-- The list of all orders has orders_placed_at, in which only orders of one second are to be sorted.
create index concurrently orders_status on orders (status, placed_at, id);
