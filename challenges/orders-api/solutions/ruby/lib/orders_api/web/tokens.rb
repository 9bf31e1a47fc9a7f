# frozen_string_literal: true

require 'jwt'

require_relative 'input'
require_relative 'problem'

module OrdersAPI
  module Web
    # Who asks, and what they are.
    Identity = Data.define(:id, :role)

    # Checks bearer tokens: JWTs, signed with HS256.
    class Tokens
      BEARER = /\ABearer +([\w-]+\.[\w-]+\.[\w-]+)\z/i

      def initialize(secret)
        @secret = secret
      end

      # Gives whose token it is.
      def identify(authorization)
        claims = decode(authorization.to_s[BEARER, 1])
        id, role = claims&.values_at('sub', 'role')
        unless Input.text?(id) && role.is_a?(String)
          raise Problem.new(401, 'Send a valid bearer token.', 'www-authenticate' => 'Bearer')
        end

        Identity.new(id:, role:)
      end

      private

      def decode(token)
        JWT.decode(token, @secret, true, algorithm: 'HS256', required_claims: %w[sub role exp]).first
      rescue JWT::DecodeError, NoMethodError, TypeError
        # The latter two are what jwt makes of parts that are JSON, but not of the kind it expects.
      end
    end
  end
end
