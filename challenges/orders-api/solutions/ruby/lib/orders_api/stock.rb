# frozen_string_literal: true

require 'sequel'

require_relative 'web/problem'

module OrdersAPI
  # Stock as orders take from it and give back to it, always in a transaction of theirs.
  class Stock
    # What is taken, by sku: below zero where it is given back, and without what stays as it is.
    def self.difference(held, wanted)
      skus = held.keys | wanted.keys
      skus.to_h { |sku| [sku, wanted.fetch(sku, 0) - held.fetch(sku, 0)] }.reject { |_sku, taken| taken.zero? }
    end

    def initialize(db)
      @db = db
    end

    # Takes what an order will hold and does not yet, and gives back what it does not hold any longer: all
    # of it, or nothing. Both are quantities by sku. Gives the prices by sku that the products have now.
    def exchange(held, wanted)
      products = lock(held.keys | wanted.keys)
      unknown = wanted.keys - products.keys
      raise Web::Problem.invalid("There is no product #{unknown.join(', ')}.") if unknown.any?

      take(self.class.difference(held, wanted), products)
      products.transform_values { |product| product[:price_cents] }
    end

    private

    # All lock in the order of skus, so that no two wait for each other.
    def lock(skus)
      @db[:products].where(sku: skus).order(:sku).for_update.as_hash(:sku)
    end

    def take(quantities, products)
      short = quantities.select { |sku, quantity| quantity > products[sku][:stock] }.keys
      raise Web::Problem.conflict("There is not enough of #{short.join(', ')} in stock.") if short.any?
      return if quantities.empty?

      taken = @db.values(quantities.to_a).as(:taken, %i[taken_sku quantity])
      @db.from(:products, taken).where(sku: :taken_sku)
         .update(stock: Sequel[:stock] - :quantity, version: Sequel[:version] + 1)
    end
  end
end
