# Makes a server's first state: accounts, database, seeds. Runs as `mysql` in a container without a
# network. The last line it prints tells the caller how it ended.
#
# DATABASE, GRADER_PASSWORD and APP_PASSWORD come from the environment, the seeds as 0001.sql and so
# on in SEEDS.
set -eu
# One stream, so that the last line is the last.
exec 2>&1
client='mariadb --no-defaults --protocol=socket --socket=/tmp/mariadb.sock'

mariadbd --defaults-file=/etc/mysql/tryout.cnf --skip-networking >/tmp/server.log 2>&1 &
server=$!
tries=0
until $client --user=mysql --execute='select 1' >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ] || ! kill -0 $server 2>/dev/null; then
        cat /tmp/server.log
        exit 1
    fi
    sleep 0.1
done

# In a grant, `_` stands for any one character.
granted=$(printf '%s' "$DATABASE" | sed 's/_/\\_/g')
$client --user=mysql <<SQL
create database \`$DATABASE\`;
-- So many connections that the grader still gets in when all are taken.
create user 'app'@'%' identified by '$APP_PASSWORD' with max_user_connections 100;
grant all privileges on \`$granted\`.* to 'app'@'%';
-- Reads tables, runs nothing that the app has stored, waits for nothing long.
create user 'tryout_grader'@'%' identified by '$GRADER_PASSWORD'
    with max_statement_time 10 max_user_connections 8;
grant select on \`$granted\`.* to 'tryout_grader'@'%';
SQL

for seed in "$SEEDS"/*.sql; do
    [ -e "$seed" ] || continue
    if ! said=$($client --user=app --password="$APP_PASSWORD" --database="$DATABASE" \
        <"$seed" 2>&1 >/dev/null); then
        printf '%s\n' "$said" | sed "s|^ERROR|$seed: ERROR|"
        echo "tryout: failed: $(basename "$seed" .sql)"
        exit 1
    fi
done
rm -rf "$SEEDS"/*

kill $server
wait $server
rm -f /var/lib/mysql/ib_buffer_pool
echo "tryout: prepared"
