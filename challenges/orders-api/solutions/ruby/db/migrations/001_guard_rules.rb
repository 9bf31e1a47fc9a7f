# frozen_string_literal: true

# Whatever the code gets wrong, the database keeps these.
Sequel.migration do
  change do
    alter_table :products do
      # What orders give back may lead above any stock that is set by hand, so there is no upper bound.
      add_constraint(:products_stock_not_negative) { stock >= 0 }
    end

    alter_table :orders do
      # The quantities that an idempotency key was first used with: the order may be changed later.
      add_column :placed_items, :jsonb, null: false
      add_unique_constraint %i[customer_id idempotency_key], name: :orders_idempotency_key
    end
  end
end
