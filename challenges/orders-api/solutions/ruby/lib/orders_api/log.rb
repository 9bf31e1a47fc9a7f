# frozen_string_literal: true

require 'json'
require 'logger'
require 'time'

# :nodoc:
module OrdersAPI
  $stdout.sync = true

  # One line of JSON for each entry, which is a hash or a message.
  LOG = Logger.new($stdout, formatter: lambda { |severity, time, _program, entry|
    entry = { message: entry } unless entry.is_a?(Hash)
    "#{JSON.generate({ time: time.getutc.iso8601(3), level: severity.downcase, **entry })}\n"
  })
end
