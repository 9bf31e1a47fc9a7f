package shop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The pool of connections, and JDBC with less ceremony. */
final class Database {
    private static final int CONNECTIONS = 10;

    private final DataSource pool;

    private Database(DataSource pool) {
        this.pool = pool;
    }

    static Database open(String url) {
        var config = new HikariConfig();
        config.setDataSource(source(url));
        config.setMaximumPoolSize(CONNECTIONS);
        return new Database(new HikariDataSource(config));
    }

    /** Work that one connection is lent to. */
    @FunctionalInterface
    interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    /** Makes something of the present row. */
    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    <T> T connected(Work<T> work) throws SQLException {
        try (var connection = pool.getConnection()) {
            return work.with(connection);
        }
    }

    /** Commits what the work has done, or undoes it if the work throws anything. */
    <T> T transaction(Work<T> work) throws SQLException {
        return connected(connection -> {
            connection.setAutoCommit(false);
            try {
                T result = work.with(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        });
    }

    <T> List<T> list(String sql, Reader<T> reader, Object... arguments) throws SQLException {
        return connected(connection -> list(connection, sql, reader, arguments));
    }

    static <T> List<T> list(Connection connection, String sql, Reader<T> reader, Object... arguments)
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

    static <T> Optional<T> first(Connection connection, String sql, Reader<T> reader, Object... arguments)
            throws SQLException {
        return list(connection, sql, reader, arguments).stream().findFirst();
    }

    static void update(Connection connection, String sql, Object... arguments) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
    }

    /** JDBC knows no user in a URL, so postgres://user:password@host/name is taken apart. */
    private static PGSimpleDataSource source(String url) {
        var location = URI.create(url);
        String authority = location.getRawAuthority();
        int at = authority.lastIndexOf('@');
        String query = location.getRawQuery() == null ? "" : "?" + location.getRawQuery();

        var source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://" + authority.substring(at + 1) + location.getRawPath() + query);
        if (at >= 0) {
            String[] user = authority.substring(0, at).split(":", 2);
            source.setUser(decoded(user[0]));
            source.setPassword(user.length == 2 ? decoded(user[1]) : null);
        }
        return source;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
