package shop.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** JDBC with less ceremony. */
public final class Sql {
    private Sql() {}

    /** Makes something of the present row. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    public static <T> List<T> list(Connection connection, String sql, Reader<T> reader, Object... arguments)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            var found = new ArrayList<T>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reader.read(rows));
                }
            }
            return found;
        }
    }

    public static <T> Optional<T> first(Connection connection, String sql, Reader<T> reader, Object... arguments)
            throws SQLException {
        return list(connection, sql, reader, arguments).stream().findFirst();
    }

    public static int update(Connection connection, String sql, Object... arguments) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            return statement.executeUpdate();
        }
    }

    /** A time as exactly as the database has it. */
    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static void bind(PreparedStatement statement, Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            statement.setObject(i + 1, argument instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : argument);
        }
    }
}
