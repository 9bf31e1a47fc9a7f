# frozen_string_literal: true

require 'sequel'

require_relative 'log'

module OrdersAPI
  # Opens the database, brings its schema up to date, and asks whether it is there.
  module Database
    MIGRATIONS = File.expand_path('../../db/migrations', __dir__)
    # Any number, as long as all instances take the same.
    MIGRATION_LOCK = 7_240_512
    START_SECONDS = 25
    ANSWER_SECONDS = 6

    Sequel.default_timezone = :utc

    # A connection that gives up on a server that has stopped without going away, for which it would wait for
    # ever: clients do not wait as long.
    module Impatient
      def async_exec(sql)
        send_query(sql)
        return get_last_result if block(ANSWER_SECONDS)

        finish
        raise PG::ConnectionBad, "no answer in #{ANSWER_SECONDS} seconds"
      end
    end

    # Gives a pool of connections; waits for a database that is still starting.
    def self.open(url)
      deadline = Time.now + START_SECONDS
      begin
        connect(url)
      rescue Sequel::DatabaseConnectionError
        raise if Time.now > deadline

        LOG.warn('The database does not answer yet.')
        sleep 0.25
        retry
      end
    end

    # Instances that start together migrate one after the other.
    def self.migrate(db)
      Sequel.extension :migration
      db.transaction do
        db.get(Sequel.function(:pg_advisory_xact_lock, MIGRATION_LOCK))
        Sequel::Migrator.run(db, MIGRATIONS)
      end
    end

    # Takes a connection of its own: it neither waits for one of the pool nor meets one that broke since.
    def self.ready?(url)
      PG.connect(url, connect_timeout: 2).close
      true
    rescue PG::Error
      false
    end

    def self.connect(url)
      db = Sequel.connect(url, max_connections: 10, connect_timeout: 3,
                               driver_options: { options: '-c lock_timeout=5s' },
                               after_connect: ->(connection) { connection.extend(Impatient) })
      db.extension :pg_json
      db
    end
    private_class_method :connect
  end
end
