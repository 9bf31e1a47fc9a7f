-- Whatever the code gets wrong, stock is never sold twice.
alter table products add constraint products_stock_not_negative check (stock >= 0);

-- One order for one key of one customer; orders without a key (null) are not held to it.
alter table orders add constraint orders_idempotency_key unique (customer_id, idempotency_key);

-- The items that the key was first used with, for an order may be changed after.
alter table orders add column first_quantities jsonb not null;
