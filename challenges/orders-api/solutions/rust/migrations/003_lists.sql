-- The orders in which lists are read. Skus go by their ASCII codes, whatever the database's locale.
create index products_by_sku on products (sku collate "C");
create index products_by_price on products (price_cents, sku collate "C");
create index orders_by_time on orders (created_at, id);
create index orders_by_customer on orders (customer_id, created_at, id);
