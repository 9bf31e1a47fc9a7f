# frozen_string_literal: true

require 'json'
require 'sequel'
require 'sinatra/base'

require_relative '../log'
require_relative 'body'
require_relative 'condition'
require_relative 'cursors'
require_relative 'problem'
require_relative 'query'
require_relative 'tokens'
require_relative 'trace'

module OrdersAPI
  module Web
    # What all routes share: tokens, JSON in and out, and problems for whatever goes wrong.
    class Service < Sinatra::Base
      # For these no token is needed.
      OPEN = %w[/health /ready /openapi.json].freeze
      QUERY = 'orders_api.query'

      disable :dump_errors, :protection, :raise_errors, :show_exceptions, :x_cascade

      set :allow do |*roles|
        condition do
          roles.include?(identity.role) or raise Problem.new(403, "This is for the role #{roles.join(' or ')}.")
        end
      end

      # Sinatra would parse parameters, and bodies too, by the rules of forms. Those of this API are stricter.
      def call(env)
        super(env.merge('CONTENT_TYPE' => 'application/json', 'QUERY_STRING' => '', QUERY => env['QUERY_STRING']))
      end

      before do
        @identity = settings.tokens.identify(env['HTTP_AUTHORIZATION']) unless OPEN.include?(request.path_info)
      end

      error(Problem) { |problem| answer problem }

      not_found { answer Problem.not_found('path') }

      error Sequel::DatabaseConnectionError, Sequel::DatabaseDisconnectError, Sequel::DatabaseLockTimeout,
            Sequel::PoolTimeout do |error|
        log error
        # What has broken this connection has broken the idle ones too.
        settings.db.disconnect if error.is_a?(Sequel::DatabaseDisconnectError)
        answer Problem.new(503, 'The service cannot do this at the moment. Try again soon.')
      end

      error do |error|
        log error
        answer Problem.new(500, 'Something went wrong here. The log has it under the X-Request-Id.')
      end

      private

      attr_reader :identity

      def read_body = Body.read(request.body)
      def query = @query ||= Query.new(env[QUERY])
      def condition = Condition.new(env['HTTP_IF_MATCH'])

      def json(value)
        content_type :json
        JSON.generate(value)
      end

      # Answers with a product or an order, and its tag.
      def show(value, status: 200)
        status(status)
        headers 'etag' => Condition.tag(value[:version])
        json present(value)
      end

      # Answers with a page of a store's list.
      def show_page(store, list)
        scope = [store, list]
        place = settings.cursors.read(query.text('cursor'), scope)
        rows, next_place = settings.public_send(store).page(list, place, query.limit)
        next_cursor = next_place && settings.cursors.write(next_place, scope)
        json(store => rows.map { |row| present(row) }, next_cursor:)
      end

      def present(row)
        row = row.except(:version)
        row[:created_at] &&= row[:created_at].iso8601(6)
        row
      end

      def answer(problem)
        status problem.status
        headers problem.headers
        content_type Problem::MEDIA_TYPE
        problem.to_json
      end

      def log(error)
        LOG.error(request_id: env[Trace::REQUEST_ID], message: error.full_message(highlight: false))
      end
    end
  end
end
