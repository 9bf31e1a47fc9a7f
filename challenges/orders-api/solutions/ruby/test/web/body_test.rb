# frozen_string_literal: true

require 'minitest/autorun'
require 'orders_api/web/body'
require 'stringio'

class BodyTest < Minitest::Test
  REFUSED = {
    400 => ['', '{', '{"a": 1} {}', '[1,]', '[NaN]', '[01]', '/* a */ 1', '"\q"', %("\xFF"), "\uFEFF1"],
    413 => [%("#{'x' * 300_000}")],
    422 => ['"\ud800"', '"\ude00"', '"\ud83d\u0041"', "#{'[' * 200}#{']' * 200}"]
  }.freeze

  def read(text) = OrdersAPI::Web::Body.read(StringIO.new(text))

  def test_json_is_taken_whatever_it_is
    assert_equal({ 'a' => [1, 1.5, nil] }, read(' {"a": [1, 1.5, null]} '))
    assert_nil read('null')
    assert_equal '/* a */ \ud800 😀', read('"\/* a *\/ \\\\ud800 \ud83d\ude00"')
  end

  def test_what_only_resembles_json_is_refused
    REFUSED.each do |status, texts|
      texts.each do |text|
        problem = assert_raises(OrdersAPI::Web::Problem, text) { read(text) }
        assert_equal status, problem.status, text
      end
    end
  end
end
