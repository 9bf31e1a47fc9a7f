# frozen_string_literal: true

require 'sequel'

require_relative 'keyset'
require_relative 'web/problem'

module OrdersAPI
  # The products in the database, as they are added, changed and listed by hand.
  class Products
    MAX_STOCK = 1_000_000
    COLUMNS = %i[sku name price_cents stock version].freeze

    # In the collation "C" skus are in the order of their ASCII codes, and no letters but those of ASCII
    # have an upper and a lower case.
    SKU = Sequel.lit('sku collate "C"')
    CONTAINS = 'position(lower(? collate "C") in lower(name collate "C")) > 0'
    # What each sort goes by: the columns, and what they are called in a row.
    KEYS = { 'sku' => { sku: SKU }, 'price_cents' => { price_cents: :price_cents, sku: SKU } }.freeze
    private_constant :SKU, :CONTAINS, :KEYS

    def initialize(db)
      @db = db
      @products = db[:products].select(*COLUMNS)
    end

    def add(product)
      @products.returning(*COLUMNS).insert_conflict.insert(product).first or
        raise Web::Problem.conflict("There is a product #{product[:sku]} already.")
    end

    def find(sku) = found(@products.first(sku:))

    def change(sku, condition, changes)
      @db.transaction do
        condition.check(lock(sku)[:version])
        update(sku, changes)
      end
    end

    def adjust_stock(sku, change)
      @db.transaction do
        stock = lock(sku)[:stock] + change
        unless (0..MAX_STOCK).cover?(stock)
          raise Web::Problem.conflict("The stock would be #{stock}; it must be 0 to #{MAX_STOCK}.")
        end

        update(sku, stock:)
      end
    end

    # Gives a page of the products that the list has, and the place of its last one if there are more.
    def page(list, place, limit)
      key = KEYS.fetch(list[:sort].delete_prefix('-'))
      rows, more = Keyset.new(key.values, list[:sort]).page(filtered(list), place, limit)
      [rows, more ? rows.last.values_at(*key.keys) : nil]
    end

    private

    def lock(sku) = found(@products.for_update.first(sku:))

    def update(sku, changes)
      @db[:products].where(sku:).returning(*COLUMNS).update(**changes, version: Sequel[:version] + 1).first
    end

    def filtered(list)
      products = @products
      products = products.where(Sequel.lit(CONTAINS, list[:q])) if list[:q]
      products = products.where(price_cents: list[:min_price_cents]..list[:max_price_cents])
      products = products.where(stock: list[:in_stock] == 'true' ? 1.. : 0) if list[:in_stock]
      products
    end

    def found(product) = product || raise(Web::Problem.not_found('product'))
  end
end
