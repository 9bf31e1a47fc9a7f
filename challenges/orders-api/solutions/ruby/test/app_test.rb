# frozen_string_literal: true

require 'json'
require 'jwt'
require 'minitest/autorun'
require 'rack/mock_request'

require 'orders_api/app'

class AppTest < Minitest::Test
  SECRET = 'secret'
  ROUTES = OrdersAPI::App.routes.flat_map { |method, routes| routes.map { |pattern, *| [method, pattern.to_s] } }
  GUARDED = ROUTES.reject { |_method, path| OrdersAPI::Web::Service::OPEN.include?(path) }

  OrdersAPI::App.configured(db: Sequel.mock(host: 'postgres'), url: 'postgres:', secret: SECRET)

  def answer(method, path, claims = nil, algorithm: 'HS256', **env)
    env['HTTP_AUTHORIZATION'] = "Bearer #{JWT.encode(claims, SECRET, algorithm)}" if claims
    Rack::MockRequest.new(OrdersAPI::App).request(method, path, env.transform_keys(&:to_s))
  end

  def claims(**changes) = { sub: 'me', role: 'customer', exp: Time.now.to_i + 60, **changes }

  def test_no_route_but_the_open_ones_answers_without_a_token
    GUARDED.each do |method, path|
      response = answer(method, path)
      assert_equal [401, 'Bearer'], [response.status, response['www-authenticate']], "#{method} #{path}"
    end
  end

  def test_no_route_is_for_a_role_that_is_not_known
    GUARDED.each { |method, path| assert_equal 403, answer(method, path, claims(role: 'owner')).status }
  end

  def test_only_complete_claims_are_taken
    [claims.except(:sub), claims.except(:role), claims.except(:exp), claims(exp: Time.now.to_i - 1),
     claims(sub: 5), claims(sub: "\0"), []].each do |invalid|
      assert_equal 401, answer('GET', '/orders', invalid).status, invalid
    end
  end

  def test_only_tokens_of_the_agreed_kind_are_taken
    assert_equal 401, answer('GET', '/orders', claims, algorithm: 'HS512').status
    assert_equal 401, answer('GET', '/orders', HTTP_AUTHORIZATION: 'Bearer W10.W10.W10').status
  end

  def test_errors_are_problems
    response = answer('GET', '/nowhere', claims)
    assert_equal [404, 'application/problem+json'], [response.status, response.content_type]
    assert_equal({ 'type' => 'about:blank', 'title' => 'Not Found', 'status' => 404,
                   'detail' => 'There is no such path.' }, JSON.parse(response.body))
  end

  def test_what_can_be_no_name_does_not_exist
    ['/products/%00', '/products/%ff', '/products/a%20b', '/orders/%ff', '/orders/7'].each do |path|
      assert_equal 404, answer('GET', path, claims).status, path
    end
  end
end
