package shop.http;

import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.modeler.Registry;

/** Tomcat, with a virtual thread for each request: whoever waits for the database costs little. */
public final class Server {
    static {
        // Nobody watches Tomcat by JMX, which takes longer to start than all the rest.
        Registry.disableRegistry();
    }

    private final Tomcat tomcat = new Tomcat();

    public Server(int port, Router router) {
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));

        var connector = new Connector();
        connector.setPort(port);
        connector.setProperty("useVirtualThreads", "true");
        // Else the port would be open before anybody is there to serve.
        connector.setProperty("bindOnInit", "false");
        // An encoded slash is a character that no sku has, so it is for the router to say 404.
        connector.setEncodedSolidusHandling("passthrough");
        tomcat.setConnector(connector);

        tomcat.getEngine().getPipeline().addValve(new Trace());
        if (tomcat.getHost() instanceof StandardHost host) {
            host.setErrorReportValveClass(ProblemReport.class.getName());
        }
        var context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "api", new ApiServlet(router));
        context.addServletMappingDecoded("/*", "api");
    }

    public void start() throws LifecycleException {
        tomcat.start();
    }

    /** The port that it listens on, for 0 means any. */
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    public void await() {
        tomcat.getServer().await();
    }

    /** Takes no more requests, and lets those that are under way come to their end. */
    public void stop() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }
}
