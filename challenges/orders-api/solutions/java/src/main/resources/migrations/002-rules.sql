-- What orders give back may lead above any stock that is set by hand, so there is no upper bound.
alter table products add check (stock >= 0);

alter table orders
    add check (total_cents = subtotal_cents - discount_cents + shipping_cents),
    -- What the idempotency key was first used with, quantities by sku: later changes do not touch it.
    add column requested jsonb,
    add check ((idempotency_key is null) = (requested is null)),
    add unique (customer_id, idempotency_key);
