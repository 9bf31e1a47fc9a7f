# frozen_string_literal: true

require_relative 'products'
require_relative 'web/input'
require_relative 'web/problem'

module OrdersAPI
  # What requests may say: bodies, keys, and the parameters of lists.
  module Requests
    extend Web::Input

    NAME_LENGTH = 1..200
    PRICES = 0..100_000_000
    STOCKS = 0..Products::MAX_STOCK
    STOCK_CHANGES = -Products::MAX_STOCK..Products::MAX_STOCK
    ITEMS = 1..20
    QUANTITIES = 1..100
    KEY = /\A[!-~]{1,255}\z/

    def self.new_product(body)
      object(body, 'The body', required: %w[sku name price_cents stock])
      { sku: sku(body['sku'], 'sku'), name: product_name(body), price_cents: price(body),
        stock: integer(body['stock'], 'stock', STOCKS) }
    end

    def self.product_change(body)
      object(body, 'The body', optional: %w[name price_cents])
      raise Web::Problem.invalid('The body changes nothing.') if body.empty?

      change = {}
      change[:name] = product_name(body) if body.key?('name')
      change[:price_cents] = price(body) if body.key?('price_cents')
      change
    end

    def self.stock_change(body)
      object(body, 'The body', required: %w[change])
      change = integer(body['change'], 'change', STOCK_CHANGES)
      raise Web::Problem.invalid('change must not be 0.') if change.zero?

      change
    end

    # The items of a new or a changed order, as quantities by sku.
    def self.quantities(body)
      items = list(object(body, 'The body', required: %w[items])['items'], 'items', ITEMS)
      quantities = items.each_with_index.to_h { |item, index| quantity(item, "items[#{index}]") }
      return quantities if quantities.size == items.size

      raise Web::Problem.invalid('items must have each sku once.')
    end

    def self.idempotency_key(header)
      return header if header.nil? || header.match?(KEY)

      raise Web::Problem.invalid('Idempotency-Key must be 1 to 255 visible ASCII characters.')
    end

    def self.product_list(query)
      { sort: query.one_of('sort', %w[sku -sku price_cents -price_cents]) || 'sku',
        q: query.text('q', NAME_LENGTH),
        min_price_cents: query.integer('min_price_cents', PRICES),
        max_price_cents: query.integer('max_price_cents', PRICES),
        in_stock: query.one_of('in_stock', %w[true false]) }
    end

    # Customers see their own orders, whosever they ask for.
    def self.order_list(query, identity)
      { sort: query.one_of('sort', %w[-created_at created_at]) || '-created_at',
        customer_id: identity.role == 'support' ? query.text('customer_id') : identity.id,
        status: query.one_of('status', %w[confirmed cancelled]),
        created_from: query.time('created_from'),
        created_to: query.time('created_to') }
    end

    class << self
      private

      def product_name(body) = text(body['name'], 'name', NAME_LENGTH)
      def price(body) = integer(body['price_cents'], 'price_cents', PRICES)

      def quantity(item, name)
        object(item, name, required: %w[sku quantity])
        [sku(item['sku'], "#{name}.sku"), integer(item['quantity'], "#{name}.quantity", QUANTITIES)]
      end
    end
  end
end
