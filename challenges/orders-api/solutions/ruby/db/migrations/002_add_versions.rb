# frozen_string_literal: true

# What an ETag shows. Every change of a row adds one.
Sequel.migration do
  change do
    add_column :products, :version, :bigint, null: false, default: 1
    add_column :orders, :version, :bigint, null: false, default: 1
  end
end
