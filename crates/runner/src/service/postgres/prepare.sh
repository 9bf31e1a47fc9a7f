# Makes a server's first state: roles, database, seeds. Runs as the server's user, which reaches it by
# a socket alone. The last line it prints tells the caller how it ended.
#
# DATABASE, GRADER_PASSWORD and APP_PASSWORD come from the environment, the seeds as 0001.sql and so
# on in SEEDS; SCRATCH is a folder for the socket and the server's log. With TEMPLATE, the database is
# kept a second time.
set -eu
# One stream, so that the last line is the last.
exec 2>&1
scratch=${SCRATCH:-/tmp}
export PGHOST="$scratch" PGOPTIONS='-c client_min_messages=warning'
psql='psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1'

pg_ctl start --wait --silent --log="$scratch/server.log" --options="-k $scratch -c listen_addresses=" || {
    cat "$scratch/server.log"
    exit 1
}

$psql --username=postgres --dbname=postgres \
    --set=database="$DATABASE" --set=grader="$GRADER_PASSWORD" --set=app="$APP_PASSWORD" <<'SQL'
create role app login password :'app';
create database :"database" owner app;
-- Reads everything, writes nothing, waits for nothing long, and gets in when the app took all
-- connections. Nothing the app makes in another schema stands before the tables it is asked about.
create role tryout_grader login bypassrls password :'grader';
grant pg_read_all_data to tryout_grader;
select current_setting('server_version_num')::int >= 160000 as reserves \gset
\if :reserves
grant pg_use_reserved_connections to tryout_grader;
\else
-- Before 16 no connections can be reserved but for superusers: the app may take fewer than there are.
alter role app connection limit 90;
\endif
alter role tryout_grader set default_transaction_read_only = on;
alter role tryout_grader set statement_timeout = '10s';
alter role tryout_grader set lock_timeout = '5s';
alter role tryout_grader set search_path = public, pg_temp;
SQL

# What counts statements, for servers that are started with it, in a database that is not the app's: it
# can neither change nor drop it there.
$psql --username=postgres --dbname=postgres <<'SQL'
grant pg_read_all_stats to tryout_grader;
select count(*) > 0 as counts from pg_available_extensions where name = 'pg_stat_statements' \gset
\if :counts
create extension pg_stat_statements;
\endif
SQL

# An operator, a cast or an overloaded name may lead a query to a function of the app, which would run
# with the rights of whoever asks. The grader's role may run none, whatever the app grants: only the app
# has a use for them, and keeps its right as their owner.
$psql --username=postgres --dbname="$DATABASE" <<'SQL'
create function pg_catalog.tryout_keep_functions() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    routine regprocedure;
    -- Before 16 the last one is not there.
    graders text := (
        select string_agg(quote_ident(rolname), ', ') from pg_roles
        where rolname in ('tryout_grader', 'pg_read_all_data', 'pg_use_reserved_connections'));
begin
    for routine in
        select p.oid from pg_proc p join pg_roles r on r.oid = p.proowner
        where not r.rolsuper and has_function_privilege('tryout_grader', p.oid, 'execute')
    loop
        execute format('revoke execute on routine %s from public, %s', routine, graders);
        if has_function_privilege('tryout_grader', routine, 'execute') then
            raise 'the function % is for everybody', routine;
        end if;
    end loop;
end $$;
create event trigger tryout_keep_functions on ddl_command_end
    when tag in ('CREATE FUNCTION', 'CREATE PROCEDURE', 'CREATE AGGREGATE', 'ALTER FUNCTION',
        'ALTER PROCEDURE', 'ALTER ROUTINE', 'ALTER AGGREGATE', 'GRANT', 'CREATE SCHEMA',
        'CREATE EXTENSION', 'ALTER EXTENSION')
    execute function pg_catalog.tryout_keep_functions();
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
if [ -n "${TEMPLATE:-}" ]; then
    # Nobody can connect to it, and only a superuser can copy it.
    $psql --username=postgres --dbname=postgres --set=database="$DATABASE" <<'SQL'
create database tryout_template template :"database" allow_connections false;
SQL
fi
pg_ctl stop --wait --silent --mode=fast
echo "tryout: prepared"
