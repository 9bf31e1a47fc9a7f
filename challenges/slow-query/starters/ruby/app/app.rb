# frozen_string_literal: true

require 'json'
require 'sinatra/base'

require_relative 'input'
require_relative 'orders'
require_relative 'problem'
require_relative 'reports'

# The application and its routes.
class App < Sinatra::Base
  # Errors are answered below, whatever the environment. The protection is for pages in a browser.
  disable :dump_errors, :protection, :raise_errors, :show_exceptions

  get('/health') { json status: 'ok' }

  get '/customers' do
    email = Input.text(params, 'email')
    found = settings.db[:customers].where(Sequel.function(:lower, :email) => Sequel.function(:lower, email))
    json customers: found.order(:id).select(:id, :email, :name, :country).all
  end

  get '/customers/:id/orders' do
    json orders.history(Input.id(params['id']), limit: Input.limit(params), offset: Input.offset(params))
  end

  get '/orders' do
    status = Input.status(params['status']) if params.key?('status')
    json orders.list(status, limit: Input.limit(params), offset: Input.offset(params))
  end

  post '/orders' do
    wanted = Input.new_order(Input.body(request))
    placed = orders.place(wanted['customer_id'], wanted['items'])
    status 201
    json placed
  end

  get('/orders/:id') { json orders.get(Input.id(params['id'])) }

  put '/orders/:id/status' do
    change = Input.object(Input.body(request), 'status')
    json orders.change_status(Input.id(params['id']), Input.status(change['status']))
  end

  get('/reports/orders') { json reports.orders }

  get('/reports/days') { json reports.days(Input.day(params, 'from'), Input.day(params, 'to')) }

  get('/reports/products') { json reports.products(Input.text(params, 'category')) }

  # What a route raises gets here.
  error(Problem) { |problem| answer problem }

  not_found { answer Problem.not_found('path') }

  error do |error|
    warn error.full_message(highlight: false)
    answer Problem.new(500, 'Something went wrong.')
  end

  private

  def orders = Orders.new(settings.db)

  def reports = Reports.new(settings.db)

  def json(body)
    content_type :json
    JSON.generate(body)
  end

  def answer(problem)
    status problem.status
    content_type Problem::MEDIA_TYPE
    problem.to_json
  end
end
