# frozen_string_literal: true

require 'json'
require 'rack/utils'

module OrdersAPI
  module Web
    # An error that the client is told of, as a problem detail (RFC 9457).
    class Problem < StandardError
      MEDIA_TYPE = 'application/problem+json'

      attr_reader :status, :headers

      def self.not_found(what) = new(404, "There is no such #{what}.")
      def self.conflict(detail) = new(409, detail)
      def self.invalid(detail) = new(422, detail)

      def initialize(status, detail, headers = {})
        super(detail)
        @status = status
        @headers = headers
      end

      def to_json(*)
        title = Rack::Utils::HTTP_STATUS_CODES[status]
        JSON.generate(type: 'about:blank', title:, status:, detail: message)
      end
    end
  end
end
