drop index concurrently orders_customer;
