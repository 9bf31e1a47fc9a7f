create index concurrently orders_in_time on orders (placed_at, id);
