package shop;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.logging.LogManager;
import org.apache.catalina.LifecycleException;
import shop.database.Database;
import shop.database.Migrations;
import shop.http.Server;

/** Reads the environment, brings the database up to date, and only then listens. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException, LifecycleException {
        try (var logging = Main.class.getResourceAsStream("/logging.properties")) {
            LogManager.getLogManager().readConfiguration(logging);
        }
        var settings = Settings.from(System.getenv());
        var database = Database.open(settings.databaseUrl());
        Migrations.run(database);

        var server = new Server(settings.port(), Api.routes(database, settings.authSecret()));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop();
            database.close();
        }));
        server.start();
        System.getLogger("shop").log(Level.INFO, "Listening on port " + settings.port());
        server.await();
    }
}
