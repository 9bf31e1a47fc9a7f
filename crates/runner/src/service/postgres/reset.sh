# Makes the database anew from its template. Runs as `postgres` in the server's container while the
# submission is stopped. The last line it prints tells the caller how it ended.
#
# DATABASE and APP_PASSWORD come from the environment.
set -eu
# One stream, so that the last line is the last.
exec 2>&1
export PGHOST=/tmp PGOPTIONS='-c client_min_messages=warning'
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres \
    --set=database="$DATABASE" --set=app="$APP_PASSWORD" <<'SQL'
drop database if exists :"database" with (force);
-- Files are copied: by the log, block by block, it takes twice as long.
create database :"database" template tryout_template owner app strategy file_copy;
-- What a role may say of itself outlives its database.
alter role app reset all;
alter role app password :'app' valid until 'infinity';
SQL
echo "tryout: reset"
