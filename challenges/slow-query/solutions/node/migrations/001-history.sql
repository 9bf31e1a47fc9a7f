-- One customer's orders in time. What orders_customer found, this finds too.
create index concurrently orders_history on orders (customer_id, placed_at desc, id desc);
