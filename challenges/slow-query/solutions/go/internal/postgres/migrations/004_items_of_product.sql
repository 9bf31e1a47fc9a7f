-- Has all that is added up.
create index concurrently order_items_of_product on order_items (product_id, quantity, unit_price_cents);
