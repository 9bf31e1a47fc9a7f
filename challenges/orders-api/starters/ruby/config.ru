# frozen_string_literal: true

require_relative 'app/app'
require_relative 'app/database'

# Puma listens only once this file has run.
db = Database.open(ENV.fetch('DATABASE_URL'))
Database.migrate(db)

# What your routes need; they find it in settings.db and settings.secret.
App.set db:, secret: ENV.fetch('AUTH_SECRET')
run App
