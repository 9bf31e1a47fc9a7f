-- What orders give back may lead above any stock that is set by hand, so there is no upper bound.
alter table products add check (stock >= 0);

alter table orders
    add check (total_cents = subtotal_cents - discount_cents + shipping_cents),
    add unique (customer_id, idempotency_key);

-- What a key was first used with. It is written before anything else of an order, so that of
-- several requests with one key the later ones wait here until the first one is done.
create table idempotency_keys (
    customer_id text not null,
    key         text not null,
    items       text not null,
    order_id    uuid not null references orders (id) deferrable initially deferred,
    primary key (customer_id, key)
);
