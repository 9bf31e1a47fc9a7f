alter table products
    add constraint products_stock_not_negative check (stock >= 0);

alter table orders
    -- The items of the request that placed the order; later changes do not touch it.
    add column placed_items text not null,
    add constraint orders_total_adds_up check (total_cents = subtotal_cents - discount_cents + shipping_cents),
    -- A customer's key makes one order. Orders without a key are not held to it.
    add constraint orders_idempotency_key unique (customer_id, idempotency_key);
