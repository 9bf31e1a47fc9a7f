package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.LifecycleException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import shop.database.Database;
import shop.http.Server;

/** What the service does before it comes to its database, which is away here. */
class ServiceTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static Database database;
    private static Server server;

    @BeforeAll
    static void start() throws LifecycleException {
        database = Database.unchecked("postgres://nobody@localhost:1/nothing");
        server = new Server(0, Api.routes(database, "secret"));
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop();
        database.close();
    }

    @Test
    void livesWithoutItsDatabaseButIsNotReady() throws Exception {
        assertEquals(200, ask("GET", "/health").statusCode());
        assertEquals(503, ask("GET", "/ready").statusCode());
    }

    @Test
    void everyOperationOfTheDescriptionIsThereAndAsksForAToken() throws Exception {
        JsonNode description = new ObjectMapper().readTree(ask("GET", "/openapi.json").body());
        var operations = new ArrayList<String>();
        description.get("paths").fields().forEachRemaining(path -> path.getValue().fields().forEachRemaining(field -> {
            boolean isOpen = field.getValue().path("security").isArray();
            if (!field.getKey().equals("parameters") && !isOpen) {
                operations.add(field.getKey().toUpperCase() + " " + path.getKey().replaceAll("[{}]", ""));
            }
        }));

        assertEquals(10, operations.size());
        for (String operation : operations) {
            String[] parts = operation.split(" ");
            HttpResponse<String> answer = ask(parts[0], parts[1]);
            assertEquals(401, answer.statusCode(), operation);
            assertEquals(List.of("Bearer"), answer.headers().allValues("WWW-Authenticate"), operation);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nothing, 404", "GET, /orders/, 404", "GET, /orders/1/2, 404",
        "DELETE, /orders, 405", "HEAD, /orders, 405", "GET, /products/%00, 400", "GET, /products/a%2Fb, 401"
    })
    void whatIsNotThereIsAProblem(String method, String path, int status) throws Exception {
        HttpResponse<String> answer = ask(method, path);

        assertEquals(status, answer.statusCode());
        assertEquals(List.of("application/problem+json"), answer.headers().allValues("Content-Type"));
        assertTrue(answer.headers().firstValue("X-Request-Id").isPresent());
    }

    @Test
    void aRequestKeepsItsId() throws Exception {
        var request = HttpRequest.newBuilder(uri("/health")).header("X-Request-Id", "mine").build();
        HttpResponse<Void> answer = CLIENT.send(request, BodyHandlers.discarding());

        assertEquals(List.of("mine"), answer.headers().allValues("X-Request-Id"));
    }

    private static HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.noBody()).build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    private static URI uri(String path) {
        return URI.create("http://localhost:" + server.port() + path);
    }
}
