-- What each key was first used with, whatever becomes of its order.
create table idempotency_keys (
    customer_id text  not null,
    key         text  not null,
    quantities  jsonb not null,
    primary key (customer_id, key)
);

-- Orders without a key are not concerned: null is unlike any null.
alter table orders
    add constraint orders_one_for_each_key unique (customer_id, idempotency_key),
    add constraint orders_key_is_kept
        foreign key (customer_id, idempotency_key) references idempotency_keys (customer_id, key);
