drop index concurrently orders_placed_at;
