# frozen_string_literal: true

require 'minitest/autorun'
require 'orders_api/web/query'

class QueryTest < Minitest::Test
  def query(text) = OrdersAPI::Web::Query.new(text)

  def assert_refused(&)
    assert_equal 422, assert_raises(OrdersAPI::Web::Problem, &).status
  end

  def test_times_between_microseconds_are_the_later_one
    assert_equal '2026-11-24T09:00:00.123457Z', query('at=2026-11-24T10:00:00.1234561%2B01:00').time('at')
    assert_equal '2026-11-24T09:00:00.123456Z', query('at=2026-11-24T09:00:00.123456z').time('at')
  end

  def test_times_that_postgresql_does_not_know_are_ones_that_it_does
    assert_equal '0001-01-01T00:00:00.000000Z', query('at=0000-06-01T00:00:00Z').time('at')
    assert_equal '9999-12-31T00:00:00.000000Z', query('at=9999-12-31T23:00:00-12:00').time('at')
  end

  def test_what_is_no_time_is_refused
    ['yesterday', '2026-11-24', '2026-11-24T09:00:00', '2026-02-30T09:00:00Z', '2026-11-24T24:00:00Z'].each do |text|
      assert_refused { query("at=#{text}").time('at') }
    end
  end

  def test_integers
    assert_equal 20, query('').limit
    assert_equal 100, query('limit=100').limit
    ['', '=', '=0', '=101', '=%2B5', '=1.0', '=1_0', '=1&limit=2'].each do |value|
      assert_refused { query("limit#{value}").limit }
    end
  end

  def test_a_semicolon_is_a_character_and_an_invalid_one_is_none
    assert_equal 'a;b', query('q=a;b').text('q')
    assert_refused { query('q=%ff').text('q') }
    assert_refused { query('q=%00').text('q') }
    assert_refused { query('q=%zz') }
  end
end
