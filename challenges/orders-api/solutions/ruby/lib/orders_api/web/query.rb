# frozen_string_literal: true

require 'date'
require 'rack/utils'
require 'time'

require_relative 'input'
require_relative 'problem'

module OrdersAPI
  module Web
    # The parameters of a list. Those that are not there are nil, and those that nobody asks for do not count.
    class Query
      LIMIT = 1..100
      RFC3339 = /\A\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)\z/i
      # Times that a bound may well lie beyond, but no order does. PostgreSQL has no year 0.
      TIMES = (Time.utc(1)..Time.utc(9999, 12, 31))

      def initialize(query_string)
        @values = Rack::Utils.parse_query(query_string)
      rescue ArgumentError, Rack::BadRequest
        raise Problem.invalid('The parameters are not encoded as they should be.')
      end

      def text(name, length = nil)
        read(name) { |value| length ? Input.text(value, name, length) : value }
      end

      def integer(name, range)
        read(name) { |value| Input.integer(value[/\A-?\d+\z/]&.to_i, name, range) }
      end

      def one_of(name, choices)
        read(name) do |value|
          next value if choices.include?(value)

          raise Problem.invalid("#{name} must be one of #{choices.join(', ')}.")
        end
      end

      # A time as PostgreSQL has it: in whole microseconds. Of what lies between two it is the later one, so
      # that what is compared with it is before or not before it all the same.
      def time(name)
        read(name) do |value|
          raise Date::Error unless value.match?(RFC3339)

          DateTime.rfc3339(value, limit: nil).to_time.getutc.ceil(6).clamp(TIMES).iso8601(6)
        rescue Date::Error
          raise Problem.invalid("#{name} must be an RFC 3339 time with its offset.")
        end
      end

      def limit = integer('limit', LIMIT) || 20

      private

      # A parameter that is there twice is no text, and so against every rule.
      def read(name)
        return unless @values.key?(name)

        value = @values[name]
        raise Problem.invalid("#{name} must be one text, not empty and without U+0000.") unless Input.text?(value)

        yield value
      end
    end
  end
end
