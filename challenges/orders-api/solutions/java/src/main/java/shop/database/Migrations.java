package shop.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Brings the schema up to date. */
public final class Migrations {
    /** In the order in which they run. Once released, a file stays as it is. */
    private static final List<String> FILES = List.of("001-versions.sql", "002-rules.sql", "003-lists.sql");
    /** A number of our own, so that instances that start together migrate one after the other. */
    private static final long LOCK = 20_261_128;

    private Migrations() {}

    public static void run(Database database) {
        database.transaction(connection -> {
            Sql.list(connection, "select pg_advisory_xact_lock(?)", row -> null, LOCK);
            Sql.update(connection, "create table if not exists migrations (file text primary key)");
            for (String file : FILES) {
                if (Sql.update(connection, "insert into migrations values (?) on conflict do nothing", file) > 0) {
                    run(connection, file);
                }
            }
            return null;
        });
    }

    private static void run(Connection connection, String file) throws SQLException {
        try (var script = Migrations.class.getResourceAsStream("/migrations/" + file);
                var statement = connection.createStatement()) {
            statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
