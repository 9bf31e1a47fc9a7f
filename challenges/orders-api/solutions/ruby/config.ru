# frozen_string_literal: true

require_relative 'lib/orders_api'

# Puma listens only once this file has run, and so not before the database is ready to serve.
use OrdersAPI::Web::Trace
run OrdersAPI.start(ENV)
