create index concurrently orders_of_customer on orders (customer_id, placed_at, id);
