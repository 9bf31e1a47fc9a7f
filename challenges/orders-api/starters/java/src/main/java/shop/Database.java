package shop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Opens the database. */
final class Database {
    private static final int CONNECTIONS = 10;
    private static final Duration START = Duration.ofSeconds(25);

    private Database() {}

    /** Waits for the database, which may be starting too. */
    static DataSource open(String url) {
        var config = new HikariConfig();
        config.setDataSource(source(url));
        config.setMaximumPoolSize(CONNECTIONS);
        config.setInitializationFailTimeout(START.toMillis());
        return new HikariDataSource(config);
    }

    /** The tables of the brief are there; what you want beside them goes here, and runs at start. */
    static void migrate(DataSource database) {}

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
