# frozen_string_literal: true

require 'securerandom'

require_relative '../log'

module OrdersAPI
  module Web
    # Rack middleware that gives every answer its request id, and every request its line in the log.
    class Trace
      REQUEST_ID = 'orders_api.request_id'
      USABLE_ID = /\A[!-~]{1,128}\z/

      def initialize(app)
        @app = app
      end

      def call(env)
        started = now
        id = env[REQUEST_ID] = env['HTTP_X_REQUEST_ID'].to_s[USABLE_ID] || SecureRandom.uuid
        status, headers, body = @app.call(env)
        LOG.info(request_id: id, method: env['REQUEST_METHOD'], path: path(env), status:,
                 duration_ms: (now - started).round(3))
        [status, headers.merge('x-request-id' => id), body]
      end

      private

      def now = Process.clock_gettime(Process::CLOCK_MONOTONIC, :float_millisecond)

      # As it was sent, which need not be UTF-8.
      def path(env) = env['PATH_INFO'].dup.force_encoding(Encoding::UTF_8).scrub
    end
  end
end
