# frozen_string_literal: true

require 'json'
require 'sinatra/base'

require_relative 'problem'

# The application and its routes; begin here.
class App < Sinatra::Base
  # Errors are answered below, whatever the environment. The protection is for pages in a browser.
  disable :dump_errors, :protection, :raise_errors, :show_exceptions

  get '/health' do
    content_type :json
    JSON.generate(status: 'ok')
  end

  # From here on it is yours. Each of these answers 501 until you write it.

  get('/ready') { not_built_yet 'Readiness' }
  get('/openapi.json') { not_built_yet 'The description' }

  post('/products') { not_built_yet 'Adding a product' }
  get('/products') { not_built_yet 'Listing products' }
  get('/products/:sku') { not_built_yet 'Showing a product' }
  patch('/products/:sku') { not_built_yet 'Changing a product' }
  post('/products/:sku/stock') { not_built_yet 'Adjusting stock' }

  post('/orders') { not_built_yet 'Placing an order' }
  get('/orders') { not_built_yet 'Listing orders' }
  get('/orders/:id') { not_built_yet 'Showing an order' }
  patch('/orders/:id') { not_built_yet 'Changing an order' }
  post('/orders/:id/cancel') { not_built_yet 'Cancelling an order' }

  # What a route raises gets here.
  error(Problem) { |problem| answer problem }

  not_found { answer Problem.new(404, 'There is nothing here.') }

  error do |error|
    warn error.full_message(highlight: false)
    answer Problem.new(500, 'Something went wrong.')
  end

  private

  def not_built_yet(what)
    raise Problem.new(501, "#{what} is not built yet.")
  end

  def answer(problem)
    status problem.status
    content_type Problem::MEDIA_TYPE
    problem.to_json
  end
end
