package shop.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {
    @Test
    void textsAndIntegersAreTakenAsTheyAre() throws IOException {
        Fields fields = fields("{\"text\": \"\\ud83d\\ude00\", \"number\": -3}");

        assertEquals("\ud83d\ude00", fields.text("text"));
        assertEquals(-3, fields.integer("number", -10, 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{\"text\": \"a\",}", "{\"text\": \"a\"} {}", "text=a"})
    void whatIsNotJsonIsMalformed(String body) {
        assertEquals(400, statusOf(body));
    }

    @Test
    void whatIsNotUtf8IsMalformed() {
        byte[] body = "{\"text\": \"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1);

        assertEquals(400, assertThrows(Problem.class, () -> Request.parsed(body)).answer().status());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "null",
        "[]",
        "3",
        "{\"text\": \"a\"}",
        "{\"Text\": \"a\", \"number\": 3}",
        "{\"text\": \"a\", \"number\": 3, \"more\": 1}",
        "{\"text\": null, \"number\": 3}",
        "{\"text\": 3, \"number\": 3}",
        "{\"text\": \"\\u0000\", \"number\": 3}",
        "{\"text\": \"\\ud800\", \"number\": 3}",
        "{\"text\": \"a\", \"number\": null}",
        "{\"text\": \"a\", \"number\": \"3\"}",
        "{\"text\": \"a\", \"number\": true}",
        "{\"text\": \"a\", \"number\": 3.5}",
        "{\"text\": \"a\", \"number\": 1e400}",
        "{\"text\": \"a\", \"number\": 11}",
        "{\"text\": \"a\", \"number\": 100000000000000000000}"
    })
    void whatBreaksARuleIsInvalid(String body) {
        assertEquals(422, statusOf(body));
    }

    @Test
    void aNumberOfAnyLengthIsJson() {
        assertEquals(422, statusOf("{\"text\": \"a\", \"number\": " + "9".repeat(5000) + "}"));
    }

    private static int statusOf(String body) {
        var problem = assertThrows(Problem.class, () -> {
            Fields fields = fields(body);
            fields.text("text");
            fields.integer("number", -10, 10);
        });
        return problem.answer().status();
    }

    private static Fields fields(String body) throws IOException {
        return Fields.of(Request.parsed(body.getBytes(StandardCharsets.UTF_8)), "text", "number");
    }
}
