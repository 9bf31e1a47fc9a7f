# frozen_string_literal: true

require 'securerandom'
require 'sequel'

require_relative 'amounts'
require_relative 'keyset'
require_relative 'stock'
require_relative 'web/problem'

module OrdersAPI
  # The orders in the database. What changes one is a transaction, and locks in one order, so that no two
  # wait for each other: first an idempotency key or an order, then products.
  class Orders
    COLUMNS = %i[id customer_id status subtotal_cents discount_cents shipping_cents total_cents
                 created_at version].freeze
    ITEM_COLUMNS = %i[sku quantity unit_price_cents].freeze

    def initialize(db)
      @db = db
      @orders = db[:orders].select(*COLUMNS)
      @items = db[:order_items]
      @stock = Stock.new(db)
    end

    # Gives the new order, or the one that the key has made before, and whether it is new.
    def place(customer_id, quantities, key)
      @db.transaction do
        earlier = key && placed_with(key, customer_id, quantities)
        next [earlier, false] if earlier

        items = priced(quantities, @stock.exchange({}, quantities))
        id = insert(customer_id:, idempotency_key: key, placed_items: Sequel.pg_jsonb(quantities), **Amounts.of(items))
        insert_items(id, items)
        [find(id:), true]
      end
    end

    # Puts quantities, by sku, in the place of those that the order has. Those keep their prices.
    def change(id, customer_id, condition, quantities)
      @db.transaction do
        order = lock(id:, customer_id:)
        condition.check(order[:version])
        raise Web::Problem.conflict('A cancelled order cannot be changed.') if cancelled?(order)

        prices = @stock.exchange(quantities_of(order), quantities).merge(prices_of(order))
        items = priced(quantities, prices)
        @items.where(order_id: id).delete
        insert_items(id, items)
        update(id, Amounts.of(items))
      end
    end

    def cancel(id, customer_id)
      @db.transaction do
        order = lock(id:, customer_id:)
        raise Web::Problem.conflict('The order was cancelled before.') if cancelled?(order)

        @stock.exchange(quantities_of(order), {})
        update(id, status: 'cancelled')
      end
    end

    def find(**conditions)
      with_items(@orders.where(conditions).all).first or raise Web::Problem.not_found('order')
    end

    # Gives a page of the orders that the list has, and the place of its last one if there are more.
    def page(list, place, limit)
      rows, more = Keyset.new(%i[created_at id], list[:sort]).page(filtered(list), place, limit)
      [with_items(rows), more ? [rows.last[:created_at].iso8601(6), rows.last[:id]] : nil]
    end

    private

    # Until the transaction ends, no other gets past this with the same key: of those that arrive at once,
    # one makes the order and the others find it.
    def placed_with(key, customer_id, quantities)
      lock = Sequel.function(:hashtextextended, "#{key} #{customer_id}", 0)
      @db.get(Sequel.function(:pg_advisory_xact_lock, lock))
      earlier = @orders.select(:id, :placed_items).first(customer_id:, idempotency_key: key)
      return unless earlier
      return find(id: earlier[:id]) if earlier[:placed_items] == quantities

      raise Web::Problem.invalid('The Idempotency-Key was used with other items. Take a new one.')
    end

    def lock(**conditions)
      @orders.for_update.where(conditions).first
      # Read after the lock is held, and not with it: the items may have changed while it was waited for.
      find(**conditions)
    end

    def insert(**order)
      id = SecureRandom.uuid
      # Not the time at which the transaction began: it may have waited for others since.
      created_at = Sequel.function(:clock_timestamp)
      @orders.insert(id:, status: 'confirmed', created_at:, **order)
      id
    end

    def insert_items(id, items)
      @items.multi_insert(items.map { |item| { order_id: id, **item } })
    end

    def update(id, changes)
      @orders.where(id:).update(**changes, version: Sequel[:version] + 1)
      find(id:)
    end

    # Two queries, however many orders there are.
    def with_items(orders)
      items = @items.where(order_id: orders.map { |order| order[:id] }).order(:sku).to_hash_groups(:order_id)
      orders.map { |order| { **order, items: items[order[:id]].map { |item| item.slice(*ITEM_COLUMNS) } } }
    end

    def filtered(list)
      @orders.where(list.slice(:customer_id, :status).compact)
             .where(created_at: list[:created_from]...list[:created_to])
    end

    def priced(quantities, prices)
      quantities.map { |sku, quantity| { sku:, quantity:, unit_price_cents: prices.fetch(sku) } }
    end

    def cancelled?(order) = order[:status] == 'cancelled'
    def quantities_of(order) = order[:items].to_h { |item| item.values_at(:sku, :quantity) }
    def prices_of(order) = order[:items].to_h { |item| item.values_at(:sku, :unit_price_cents) }
  end
end
