# frozen_string_literal: true

require 'json'
require 'rack/utils'

# An error that the client is told of, as a problem detail (RFC 9457).
class Problem < StandardError
  MEDIA_TYPE = 'application/problem+json'

  attr_reader :status

  def self.not_found(what) = new(404, "There is no such #{what}.")

  def self.invalid(detail) = new(422, detail)

  def initialize(status, detail)
    super(detail)
    @status = status
  end

  def to_json(*)
    JSON.generate(title: Rack::Utils::HTTP_STATUS_CODES[status], status:, detail: message)
  end
end
