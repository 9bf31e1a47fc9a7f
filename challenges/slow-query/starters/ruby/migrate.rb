# frozen_string_literal: true

require 'sequel'

# Runs what is in `migrations/` and has not been run on this database, in the files' order.
db = Sequel.connect(ENV.fetch('DATABASE_URL'))
db.run('create table if not exists schema_migrations (name text primary key)')
done = db[:schema_migrations].select_map(:name)

Dir[File.join(__dir__, 'migrations', '*.sql')].each do |file|
  name = File.basename(file)
  next if done.include?(name)

  puts "Running #{name}"
  db.run(File.read(file))
  db[:schema_migrations].insert(name:)
end
