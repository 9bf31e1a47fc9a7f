# frozen_string_literal: true

require 'base64'
require 'json'
require 'openssl'
require 'rack/utils'

require_relative 'problem'

module OrdersAPI
  module Web
    # A cursor is the place of a page's last row, signed together with the list that it belongs to: whose,
    # of which filters, in which order. So only our own come back, and only to their list.
    class Cursors
      def initialize(secret)
        @key = OpenSSL::HMAC.digest('SHA256', secret, 'cursors')
      end

      def write(place, list)
        sign(Base64.urlsafe_encode64(JSON.generate(place), padding: false), list)
      end

      # The place in a cursor; nil if there is none.
      def read(cursor, list)
        return unless cursor

        payload = cursor[/\A[\w-]+/].to_s
        unless Rack::Utils.secure_compare(cursor, sign(payload, list))
          raise Problem.invalid('cursor must be the next_cursor of a page with the same filters and sort.')
        end

        JSON.parse(Base64.urlsafe_decode64(payload))
      end

      private

      def sign(payload, list)
        "#{payload}.#{OpenSSL::HMAC.hexdigest('SHA256', @key, "#{payload} #{JSON.generate(list)}")}"
      end
    end
  end
end
