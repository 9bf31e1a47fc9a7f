# frozen_string_literal: true

require 'sequel'

# The database, by Sequel.
module Database
  # Gives a pool of connections, which threads share.
  def self.open(url) = Sequel.connect(url, max_connections: 10)

  # The tables of the brief are there. What you want beside them goes here, and runs at start.
  def self.migrate(db); end
end
