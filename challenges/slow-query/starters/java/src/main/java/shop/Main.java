package shop;

import java.io.IOException;
import java.sql.SQLException;
import java.util.logging.LogManager;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.modeler.Registry;

/** Starts the service; with the argument {@code migrate} it brings the database up to date and ends. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException, LifecycleException, SQLException {
        try (var logging = Main.class.getResourceAsStream("/logging.properties")) {
            LogManager.getLogManager().readConfiguration(logging);
        }
        var database = Database.open(System.getenv("DATABASE_URL"));
        if (args.length > 0 && args[0].equals("migrate")) {
            Migrations.run(database);
            return;
        }
        Tomcat tomcat = server(Integer.parseInt(System.getenv("PORT")), Api.routes(database));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(tomcat)));
        tomcat.start();
        tomcat.getServer().await();
    }

    private static Tomcat server(int port, Router router) {
        var connector = new Connector();
        connector.setPort(port);
        // Else the port would be open before anybody is there to serve.
        connector.setProperty("bindOnInit", "false");

        // Nobody watches Tomcat by JMX, which takes longer to start than all the rest.
        Registry.disableRegistry();
        var tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        tomcat.setConnector(connector);
        var context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "api", router);
        context.addServletMappingDecoded("/*", "api");
        return tomcat;
    }

    private static void stop(Tomcat tomcat) {
        try {
            tomcat.stop();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }
}
