-- What ETags show: every change of a row adds one.
alter table products
    add column version bigint not null default 1,
    add constraint products_stock_not_negative check (stock >= 0);

alter table orders
    add column version bigint not null default 1,
    add constraint orders_total_adds_up
        check (total_cents = subtotal_cents - discount_cents + shipping_cents);
