package shop;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.logging.LogManager;
import javax.sql.DataSource;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.modeler.Registry;

/** Starts the service. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException, LifecycleException {
        try (var logging = Main.class.getResourceAsStream("/logging.properties")) {
            LogManager.getLogManager().readConfiguration(logging);
        }
        int port = Integer.parseInt(setting("PORT"));
        String secret = setting("AUTH_SECRET");
        DataSource database = Database.open(setting("DATABASE_URL"));
        Database.migrate(database);

        Tomcat tomcat = server(port, Api.routes(database, secret));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(tomcat)));
        tomcat.start();
        System.getLogger("shop").log(Level.INFO, "Listening on port " + port);
        tomcat.getServer().await();
    }

    private static Tomcat server(int port, Router router) {
        var connector = new Connector();
        connector.setPort(port);
        connector.setProperty("useVirtualThreads", "true");
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

    private static String setting(String name) {
        String value = System.getenv().getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new IllegalStateException("The environment variable " + name + " is not set");
        }
        return value;
    }
}
