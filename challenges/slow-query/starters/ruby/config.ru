# frozen_string_literal: true

require 'sequel'

require_relative 'app/app'

Sequel.default_timezone = :utc
# Threads share its connections, of which there are as many.
App.set db: Sequel.connect(ENV.fetch('DATABASE_URL'), max_connections: 10)
run App
