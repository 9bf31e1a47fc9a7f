# frozen_string_literal: true

require_relative 'orders_api/app'
require_relative 'orders_api/database'
require_relative 'orders_api/web/trace'

# Products with stock, and the orders that take from it.
module OrdersAPI
  # The application, on a database that has been brought up to date.
  def self.start(env)
    url = env.fetch('DATABASE_URL')
    secret = env.fetch('AUTH_SECRET')
    db = Database.open(url)
    Database.migrate(db)
    App.configured(db:, url:, secret:)
  end
end
