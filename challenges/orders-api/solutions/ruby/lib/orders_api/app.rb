# frozen_string_literal: true

require 'json'
require 'yaml'

require_relative 'database'
require_relative 'orders'
require_relative 'products'
require_relative 'requests'
require_relative 'web/service'

module OrdersAPI
  # The routes: whom each is for, what it reads, and what it answers.
  class App < Web::Service
    DESCRIPTION = YAML.safe_load_file(File.expand_path('../../openapi.yaml', __dir__), aliases: true)
    UUID = /\A\h{8}(-\h{4}){3}-\h{12}\z/

    def self.configured(db:, url:, secret:)
      set db:, url:, products: Products.new(db), orders: Orders.new(db),
          tokens: Web::Tokens.new(secret), cursors: Web::Cursors.new(secret)
    end

    get('/health') { json(status: 'ok') }

    get '/ready' do
      raise Web::Problem.new(503, 'The database is away.') unless Database.ready?(settings.url)

      json(status: 'ready')
    end

    get('/openapi.json') { json DESCRIPTION }

    post '/products', allow: 'admin' do
      product = settings.products.add(Requests.new_product(read_body))
      headers 'location' => "/products/#{product[:sku]}"
      show product, status: 201
    end

    get '/products', allow: %w[customer admin support] do
      show_page :products, Requests.product_list(query)
    end

    get '/products/:sku', allow: %w[customer admin support] do
      show settings.products.find(sku)
    end

    patch '/products/:sku', allow: 'admin' do
      show settings.products.change(sku, condition, Requests.product_change(read_body))
    end

    post '/products/:sku/stock', allow: 'admin' do
      show settings.products.adjust_stock(sku, Requests.stock_change(read_body))
    end

    post '/orders', allow: 'customer' do
      key = Requests.idempotency_key(env['HTTP_IDEMPOTENCY_KEY'])
      order, is_new = settings.orders.place(identity.id, Requests.quantities(read_body), key)
      headers 'location' => "/orders/#{order[:id]}"
      show order, status: is_new ? 201 : 200
    end

    get '/orders', allow: %w[customer support] do
      show_page :orders, Requests.order_list(query, identity)
    end

    get '/orders/:id', allow: %w[customer support] do
      owner = identity.role == 'customer' ? { customer_id: identity.id } : {}
      show settings.orders.find(id:, **owner)
    end

    patch '/orders/:id', allow: 'customer' do
      show settings.orders.change(id, identity.id, condition, Requests.quantities(read_body))
    end

    post '/orders/:id/cancel', allow: 'customer' do
      show settings.orders.cancel(id, identity.id)
    end

    private

    # What can be the name of nothing here is not looked up: PostgreSQL might not even take it.
    def sku = Web::Input.sku?(params[:sku]) ? params[:sku] : raise(Web::Problem.not_found('product'))
    def id = uuid?(params[:id]) ? params[:id] : raise(Web::Problem.not_found('order'))
    def uuid?(text) = Web::Input.text?(text) && text.match?(UUID)
  end
end
