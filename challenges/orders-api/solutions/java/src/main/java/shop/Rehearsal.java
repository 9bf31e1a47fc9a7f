package shop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.catalina.LifecycleException;
import shop.database.Database;
import shop.http.Server;

/**
 * Starts the service without its database, and asks it something. It is run while the image is built, for
 * Java to archive the classes that it loads: with them at hand, the service itself starts sooner.
 */
final class Rehearsal {
    private static final List<String> REQUESTS = List.of(
            "GET /health HTTP/1.0\r\n\r\n",
            "GET /ready HTTP/1.0\r\n\r\n",
            "GET /orders HTTP/1.0\r\nAuthorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.forged\r\n\r\n");

    private Rehearsal() {}

    public static void main(String[] args) throws IOException, LifecycleException {
        try (var database = Database.unchecked("postgres://nobody@localhost:1/nothing")) {
            var server = new Server(0, Api.routes(database, "secret"));
            server.start();
            for (String request : REQUESTS) {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().readAllBytes();
                }
            }
            server.stop();
        }
    }
}
