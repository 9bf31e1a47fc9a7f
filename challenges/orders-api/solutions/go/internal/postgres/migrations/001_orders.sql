-- Versions are what ETags show: every change of a row adds one.
alter table products
    add column version bigint not null default 1,
    add constraint products_stock_not_negative check (stock >= 0);

alter table orders
    add column version bigint not null default 1,
    -- The items of the first request with the idempotency key, which later changes do not touch.
    add column placed_items text;

-- A customer's key makes one order. Also guards against a service that forgets to lock.
create unique index orders_idempotency on orders (customer_id, idempotency_key);

-- Lists are read in these orders.
create index products_by_sku on products (sku collate "C");
create index products_by_price on products (price_cents, sku collate "C");
create index orders_by_time on orders (created_at, id);
create index orders_by_customer on orders (customer_id, created_at, id);
