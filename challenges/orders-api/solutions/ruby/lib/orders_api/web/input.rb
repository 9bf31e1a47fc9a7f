# frozen_string_literal: true

require_relative 'problem'

module OrdersAPI
  module Web
    # The rules that values from outside are held against. Each gives the value back, or raises a Problem.
    module Input
      SKU = /\A[A-Za-z0-9._-]{1,64}\z/

      module_function

      # A JSON object with all of the required fields, perhaps the optional ones, and no others.
      def object(value, name, required: [], optional: [])
        raise Problem.invalid("#{name} must be an object.") unless value.is_a?(Hash)

        missing = required - value.keys
        raise Problem.invalid("#{name} has no #{missing.first}.") if missing.any?

        unknown = value.keys - required - optional
        raise Problem.invalid("#{name} has a field that cannot be set: #{unknown.first}") if unknown.any?

        value
      end

      def integer(value, name, range)
        return value if value.is_a?(Integer) && range.cover?(value)

        raise Problem.invalid("#{name} must be an integer from #{range.min} to #{range.max}.")
      end

      def text(value, name, length)
        return value if text?(value) && length.cover?(value.length)

        raise Problem.invalid("#{name} must be a text of #{length.min} to #{length.max} characters.")
      end

      def list(value, name, size)
        return value if value.is_a?(Array) && size.cover?(value.size)

        raise Problem.invalid("#{name} must be a list of #{size.min} to #{size.max}.")
      end

      def sku(value, name)
        return value if sku?(value)

        raise Problem.invalid("#{name} must be 1 to 64 letters, digits, dots, underscores or hyphens.")
      end

      # Whether it is one that PostgreSQL can store and compare.
      def text?(value)
        value.is_a?(String) && value.valid_encoding? && !value.include?("\0") && !value.empty?
      end

      def sku?(value) = text?(value) && value.match?(SKU)
    end
  end
end
