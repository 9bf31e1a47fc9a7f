-- The tables that the brief fixes. They are there, empty, before your program starts, and your
-- program's role owns them: constraints, indexes, columns and tables of your own are welcome.

create table products (
    sku         text   primary key,
    name        text   not null,
    price_cents bigint not null check (price_cents >= 0),
    stock       bigint not null
);

create table orders (
    id              uuid        primary key,
    customer_id     text        not null,
    status          text        not null check (status in ('confirmed', 'cancelled')),
    subtotal_cents  bigint      not null,
    discount_cents  bigint      not null,
    shipping_cents  bigint      not null,
    total_cents     bigint      not null,
    idempotency_key text,
    created_at      timestamptz not null default now()
);

create table order_items (
    order_id         uuid   not null references orders (id),
    sku              text   not null references products (sku),
    quantity         bigint not null check (quantity > 0),
    unit_price_cents bigint not null,
    primary key (order_id, sku)
);
