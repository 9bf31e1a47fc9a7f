# frozen_string_literal: true

require 'securerandom'

require_relative '../lib/orders_api/log'
require_relative '../lib/orders_api/web/problem'

port ENV.fetch('PORT')
# More than the pool has connections, so that health is answered even while each of those waits.
threads 16, 16
# Longer than clients keep an idle connection, so that none is closed under a request on its way.
persistent_timeout 75
# What is still running after this is in a transaction, which the database then rolls back.
force_shutdown_after 5
# Ending on SIGTERM is no failure.
raise_exception_on_sigterm false
# The application knows best what it can answer.
supported_http_methods :any

log_formatter { |message| OrdersAPI::LOG.formatter.call('INFO', Time.now, nil, message).chomp }

# What is no HTTP does not reach the application.
lowlevel_error_handler do |error, _env, status|
  request_id = SecureRandom.uuid
  OrdersAPI::LOG.warn(request_id:, message: "A request could not be read: #{error.message}")
  problem = OrdersAPI::Web::Problem.new(status, 'The request could not be read.')
  headers = { 'content-type' => OrdersAPI::Web::Problem::MEDIA_TYPE, 'x-request-id' => request_id }
  [status, headers, [problem.to_json]]
end
