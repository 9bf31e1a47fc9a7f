package items;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemsTest {
    private static final String URL = System.getenv("BASE_URL");
    private static final String NAME = "cup " + System.getenv("SEED");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void newItemIsReadBack() throws Exception {
        var created = post(Map.of("name", NAME, "quantity", 3));
        assertEquals(201, created.statusCode());
        var id = JSON.readTree(created.body()).path("id").asText();
        var path = "/items/" + id;
        assertEquals(path, created.headers().firstValue("Location").orElse(null));

        var read = get(path);
        assertEquals(200, read.statusCode());
        var expected = Map.of("id", id, "name", NAME, "quantity", 3);
        assertEquals(expected, JSON.readValue(read.body(), Map.class));
    }

    @Test
    void unknownItemIsNotFound() throws Exception {
        assertEquals(404, get("/items/" + UUID.randomUUID()).statusCode());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void wrongQuantityIsRefused(int quantity) throws Exception {
        assertEquals(422, post(Map.of("name", NAME, "quantity", quantity)).statusCode());
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(URL + path)));
    }

    private static HttpResponse<String> post(Object value) throws IOException, InterruptedException {
        var body = BodyPublishers.ofString(JSON.writeValueAsString(value));
        var request = HttpRequest.newBuilder(URI.create(URL + "/items")).POST(body);
        return send(request.header("Content-Type", "application/json"));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }
}
