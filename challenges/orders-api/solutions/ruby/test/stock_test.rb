# frozen_string_literal: true

require 'minitest/autorun'
require 'orders_api/stock'

class StockTest < Minitest::Test
  def test_only_the_difference_is_taken_or_given_back
    held = { 'mug' => 5, 'pot' => 2, 'cup' => 1 }
    wanted = { 'mug' => 6, 'cup' => 1, 'jug' => 3 }
    assert_equal({ 'mug' => 1, 'pot' => -2, 'jug' => 3 }, OrdersAPI::Stock.difference(held, wanted))
  end
end
