package shop.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;
import shop.http.Problem;

/** The pool of connections, and what is done with one. */
public final class Database implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(25);
    /** An answer has to be given within 10 seconds, also when the database gives none. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final Duration PATIENCE_OF_A_PROBE = Duration.ofSeconds(2);
    private static final int CONNECTIONS = 10;

    private final HikariDataSource pool;
    private final PGSimpleDataSource probe;

    private Database(HikariDataSource pool, PGSimpleDataSource probe) {
        this.pool = pool;
        this.probe = probe;
    }

    /** Waits for the database, which may be starting too. */
    public static Database open(String url) {
        return open(url, START);
    }

    /** Whether there is a database shows when it is used. */
    public static Database unchecked(String url) {
        return open(url, Duration.ofMillis(-1));
    }

    private static Database open(String url, Duration wait) {
        var config = new HikariConfig();
        config.setDataSource(source(url, PATIENCE));
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(PATIENCE.toMillis());
        config.setValidationTimeout(PATIENCE_OF_A_PROBE.toMillis());
        config.setInitializationFailTimeout(wait.toMillis());
        return new Database(new HikariDataSource(config), source(url, PATIENCE_OF_A_PROBE));
    }

    /** Work that one connection is lent to. All of it goes there: a second one might never come. */
    @FunctionalInterface
    public interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    /** For a single statement, or for several that need not agree. */
    public <T> T connected(Work<T> work) {
        try (var connection = pool.getConnection()) {
            return work.with(connection);
        } catch (SQLException e) {
            throw problem(e);
        }
    }

    /** Commits what the work has done, or undoes it if the work throws anything. */
    public <T> T transaction(Work<T> work) {
        return connected(connection -> {
            connection.setAutoCommit(false);
            try {
                T result = work.with(connection);
                connection.commit();
                return result;
            } catch (Throwable e) {
                rollBack(connection, e);
                throw e;
            }
        });
    }

    /** Asks with a connection of its own, so that it does not queue behind orders. */
    public boolean answers() {
        try (var connection = probe.getConnection()) {
            return connection.isValid((int) PATIENCE_OF_A_PROBE.toSeconds());
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    private static void rollBack(Connection connection, Throwable reason) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    private static RuntimeException problem(SQLException e) {
        return isAway(e) ? Problem.unavailable(e) : new IllegalStateException(e);
    }

    private static boolean isAway(SQLException e) {
        if (e instanceof SQLTransientConnectionException) {
            return true; // The pool has none to give.
        }
        // Connection exceptions, lack of resources, operator intervention.
        return e.getSQLState() != null && e.getSQLState().matches("(08|53|57).*");
    }

    /** JDBC knows no user in a URL, so postgres://user:password@host/name is taken apart. */
    private static PGSimpleDataSource source(String url, Duration patience) {
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
        int seconds = (int) patience.toSeconds();
        source.setConnectTimeout(seconds);
        source.setSocketTimeout(seconds);
        return source;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
