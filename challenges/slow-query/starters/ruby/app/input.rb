# frozen_string_literal: true

require 'date'
require 'json'

require_relative 'problem'

# What stands in a request, held against the rules.
module Input
  STATUSES = %w[pending paid shipped returned cancelled].freeze

  module_function

  def id(text)
    raise Problem.invalid('An id is a number.') unless text.match?(/\A\d{1,18}\z/)

    text.to_i
  end

  def limit(params)
    text = params.fetch('limit', '20')
    return text.to_i if text.match?(/\A\d{1,3}\z/) && text.to_i.between?(1, 500)

    raise Problem.invalid('limit must be a number from 1 to 500.')
  end

  # How many rows the pages before have shown; that is what a cursor says.
  def offset(params)
    text = params.fetch('cursor', '0')
    raise Problem.invalid('cursor must be the next_cursor of the page before.') unless text.match?(/\A\d{1,9}\z/)

    text.to_i
  end

  def status(value)
    raise Problem.invalid("A status is one of #{STATUSES.join(', ')}.") unless STATUSES.include?(value)

    value
  end

  def text(params, name)
    params.fetch(name) { raise Problem.invalid("#{name} is missing.") }
  end

  def day(params, name)
    text = text(params, name)
    raise Date::Error unless text.match?(/\A\d{4}-\d\d-\d\d\z/)

    Date.iso8601(text)
  rescue Date::Error
    raise Problem.invalid("#{name} must be a day such as 2023-05-17.")
  end

  def body(request)
    JSON.parse(request.body.read)
  rescue JSON::ParserError
    raise Problem.new(400, 'The body is not JSON.')
  end

  # An object with these fields and no others.
  def object(value, *fields)
    return value if value.is_a?(Hash) && value.keys.sort == fields.sort

    raise Problem.invalid("Its fields are #{fields.join(' and ')}.")
  end

  def integer(value, name, max)
    return value if value.is_a?(Integer) && value.between?(1, max)

    raise Problem.invalid("#{name} must be a whole number from 1 to #{max}.")
  end

  def new_order(value)
    order = object(value, 'customer_id', 'items')
    integer(order['customer_id'], 'customer_id', (2**63) - 1)
    items = order['items']
    raise Problem.invalid('An order has 1 to 50 items.') unless items.is_a?(Array) && items.size.between?(1, 50)

    items.each { |item| item(item) }
    order
  end

  def item(value)
    item = object(value, 'sku', 'quantity')
    raise Problem.invalid('A sku is a text.') unless item['sku'].is_a?(String) && !item['sku'].include?("\0")

    integer(item['quantity'], 'quantity', 1000)
  end
end
