create index concurrently orders_of_customer_in_time on orders (customer_id, placed_at, id);
