# frozen_string_literal: true

require 'minitest/autorun'
require 'orders_api/web/cursors'

class CursorsTest < Minitest::Test
  def setup
    @cursors = OrdersAPI::Web::Cursors.new('secret')
    @cursor = @cursors.write([1250, 'mug-1'], ['products', { sort: 'price_cents' }])
  end

  def test_a_cursor_comes_back_to_its_list
    assert_equal [1250, 'mug-1'], @cursors.read(@cursor, ['products', { sort: 'price_cents' }])
    assert_nil @cursors.read(nil, ['products'])
  end

  def test_no_other_is_taken
    other = OrdersAPI::Web::Cursors.new('other').write([1250, 'mug-1'], ['products', { sort: 'price_cents' }])
    [other, @cursor.chop, "x#{@cursor}", '', '.', 'abc'].each do |cursor|
      assert_raises(OrdersAPI::Web::Problem) { @cursors.read(cursor, ['products', { sort: 'price_cents' }]) }
    end
    assert_raises(OrdersAPI::Web::Problem) { @cursors.read(@cursor, ['products', { sort: 'sku' }]) }
  end
end
