# frozen_string_literal: true

require 'json'

require_relative 'problem'

module OrdersAPI
  module Web
    # Reads bodies as JSON, and as nothing else.
    module Body
      # Far more than any valid body needs.
      MAX_BYTES = 256 * 1024
      # The json gem takes more than JSON: comments, and escapes such as "\q".
      STRICT = %r{\A(?>[^"/]+|"(?>[^"\\]+|\\(?:["\\/bfnrt]|u\h{4}))*")*\z}
      # It also joins half a character, such as "\ud83d", with any other that follows.
      WHOLE_CHARACTERS = /\A(?>[^\\]+|\\[^u]|\\ud[89ab]\h\h\\ud[c-f]\h\h|\\u(?!d[89a-f])\h{4})*\z/i

      def self.read(input)
        text = input&.read(MAX_BYTES + 1) || ''
        raise Problem.new(413, "The body may have #{MAX_BYTES} bytes.") if text.bytesize > MAX_BYTES

        parse(text.dup.force_encoding(Encoding::UTF_8))
      end

      def self.parse(text)
        raise JSON::ParserError unless text.valid_encoding? && text.match?(STRICT)
        raise Problem.invalid('The body has half a character in it.') unless text.match?(WHOLE_CHARACTERS)

        JSON.parse(text)
      rescue JSON::NestingError
        raise Problem.invalid('The body is nested too deeply.')
      rescue JSON::ParserError
        raise Problem.new(400, 'The body is not JSON in UTF-8.')
      end
      private_class_method :parse
    end
  end
end
