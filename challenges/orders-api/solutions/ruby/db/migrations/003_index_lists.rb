# frozen_string_literal: true

# One index for each order that a list can have; they are read in both directions.
Sequel.migration do
  up do
    run 'create index products_by_sku on products (sku collate "C")'
    run 'create index products_by_price on products (price_cents, sku collate "C")'
    add_index :orders, %i[created_at id], name: :orders_by_time
    add_index :orders, %i[customer_id created_at id], name: :orders_by_customer
  end

  down do
    drop_index :orders, nil, name: :orders_by_customer
    drop_index :orders, nil, name: :orders_by_time
    drop_index :products, nil, name: :products_by_price
    drop_index :products, nil, name: :products_by_sku
  end
end
