create index concurrently orders_of_status_in_time on orders (status, placed_at, id);
