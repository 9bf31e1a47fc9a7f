# frozen_string_literal: true

require_relative 'problem'

module OrdersAPI
  module Web
    # Changes that do not overwrite each other: ETag and If-Match.
    class Condition
      def self.tag(version) = %("#{version}")

      def initialize(if_match)
        @tags = if_match.to_s.split(',').map(&:strip)
        return if @tags.any?

        raise Problem.new(428, 'Say with If-Match what you change: the ETag that you have seen, or *.')
      end

      # Is to be asked of a locked row: what is compared must be what is changed.
      def check(version)
        return if @tags.intersect?(['*', self.class.tag(version)])

        raise Problem.new(412, 'It has changed since. Read it again, then decide.')
      end
    end
  end
end
