package shop;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;

/** Runs what is in {@code migrations} and has not been run on this database, in the files' order. */
final class Migrations {
    private static final Path FOLDER = Path.of("migrations");

    private Migrations() {}

    static void run(Database database) throws IOException, SQLException {
        List<Path> scripts;
        try (var files = Files.list(FOLDER)) {
            scripts = files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
        }
        database.connected(connection -> run(connection, scripts));
    }

    private static Void run(Connection connection, List<Path> scripts) throws SQLException {
        Database.update(connection, "create table if not exists schema_migrations (name text primary key)");
        var done = new HashSet<>(
                Database.list(connection, "select name from schema_migrations", row -> row.getString("name")));
        for (Path script : scripts) {
            String name = script.getFileName().toString();
            if (done.add(name)) {
                System.getLogger("shop").log(Level.INFO, "Running " + name);
                try (var statement = connection.createStatement()) {
                    statement.execute(read(script));
                }
                Database.update(connection, "insert into schema_migrations values (?)", name);
            }
        }
        return null;
    }

    private static String read(Path script) {
        try {
            return Files.readString(script);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
