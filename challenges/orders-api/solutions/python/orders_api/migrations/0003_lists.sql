-- One customer's orders in time, page by page, and everybody's.
create index orders_of_customer_in_time on orders (customer_id, created_at, id);
create index orders_in_time on orders (created_at, id);

-- Skus in the order of their ASCII codes, whatever the database's language.
alter table order_items drop constraint order_items_sku_fkey;
alter table products alter column sku type text collate "C";
alter table order_items alter column sku type text collate "C";
alter table order_items
    add constraint order_items_sku_fkey foreign key (sku) references products (sku);
create index products_by_price on products (price_cents, sku);
