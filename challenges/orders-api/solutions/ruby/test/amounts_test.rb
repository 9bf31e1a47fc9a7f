# frozen_string_literal: true

require 'minitest/autorun'
require 'orders_api/amounts'

class AmountsTest < Minitest::Test
  # By subtotal: discount, shipping, total.
  EXPECTED = {
    0 => [0, 490, 490],
    4_999 => [0, 490, 5_489],
    5_000 => [0, 0, 5_000],
    99_999 => [0, 0, 99_999],
    100_000 => [5_000, 0, 95_000],
    100_009 => [5_000, 0, 95_009],
    100_010 => [5_001, 0, 95_009],
    200_000_000_000 => [10_000_000_000, 0, 190_000_000_000]
  }.freeze

  def test_bounds_and_half_cents
    EXPECTED.each do |subtotal, expected|
      amounts = OrdersAPI::Amounts.of([{ quantity: 1, unit_price_cents: subtotal }])
      assert_equal [subtotal, *expected], amounts.values
    end
  end

  def test_items_are_added_up
    items = [{ quantity: 3, unit_price_cents: 1_250 }, { quantity: 2, unit_price_cents: 100 }]
    assert_equal 3_950, OrdersAPI::Amounts.of(items)[:subtotal_cents]
  end
end
