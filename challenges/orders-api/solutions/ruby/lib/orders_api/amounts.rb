# frozen_string_literal: true

module OrdersAPI
  # What an order costs, in whole cents throughout.
  module Amounts
    DISCOUNT_FROM = 100_000
    DISCOUNT_PERCENT = 5
    FREE_SHIPPING_FROM = 5_000
    SHIPPING = 490

    def self.of(items)
      subtotal = items.sum { |item| item[:quantity] * item[:unit_price_cents] }
      discount = discount(subtotal)
      shipping = subtotal - discount >= FREE_SHIPPING_FROM ? 0 : SHIPPING
      { subtotal_cents: subtotal, discount_cents: discount, shipping_cents: shipping,
        total_cents: subtotal - discount + shipping }
    end

    # Half a cent is rounded up: 50 is half of the 100 that is divided by.
    def self.discount(subtotal)
      subtotal < DISCOUNT_FROM ? 0 : ((subtotal * DISCOUNT_PERCENT) + 50) / 100
    end
    private_class_method :discount
  end
end
