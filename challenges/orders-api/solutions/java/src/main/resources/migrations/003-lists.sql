-- One index for each order that a list can have; they are read in both directions.
create index on products (sku collate "C");
create index on products (price_cents, sku collate "C");
create index on orders (created_at, id);
create index on orders (customer_id, created_at, id);
