# Makes a server's first state: roles, database, seeds. Runs as `postgres` in a container without a
# network. The last line it prints tells the caller how it ended.
#
# DATABASE, GRADER_PASSWORD and APP_PASSWORD come from the environment, the seeds as 0001.sql and so
# on in SEEDS.
set -eu
export PGHOST=/tmp PGOPTIONS='-c client_min_messages=warning'
psql='psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1'

pg_ctl start --wait --silent --log=/tmp/server.log --options='-k /tmp -c listen_addresses=' || {
    cat /tmp/server.log
    exit 1
}

$psql --username=postgres --dbname=postgres \
    --set=database="$DATABASE" --set=grader="$GRADER_PASSWORD" --set=app="$APP_PASSWORD" <<'SQL'
create role app login password :'app';
create database :"database" owner app;
-- Reads everything, writes nothing, waits for nothing long, and gets in when the app took all
-- connections. Nothing the app makes in another schema stands before the tables it is asked about.
create role tryout_grader login password :'grader';
grant pg_read_all_data, pg_use_reserved_connections to tryout_grader;
alter role tryout_grader set default_transaction_read_only = on;
alter role tryout_grader set statement_timeout = '10s';
alter role tryout_grader set search_path = public;
SQL

for seed in "$SEEDS"/*.sql; do
    [ -e "$seed" ] || continue
    if ! PGPASSWORD="$APP_PASSWORD" $psql --username=app --dbname="$DATABASE" --file="$seed" >/dev/null; then
        echo "tryout: failed: $(basename "$seed" .sql)"
        exit 1
    fi
done
rm -rf "$SEEDS"

# Plans are then the same from the first query on.
$psql --username=postgres --dbname="$DATABASE" --command='vacuum (analyze)'
pg_ctl stop --wait --silent --mode=fast
echo "tryout: prepared"
