-- With what is summed up in it, the table itself is not looked at.
create index concurrently order_items_of_product on order_items (product_id)
    include (quantity, unit_price_cents);
