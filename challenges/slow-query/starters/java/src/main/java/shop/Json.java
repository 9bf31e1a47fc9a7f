package shop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Set;

/** JSON as this service reads and writes it. */
final class Json {
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static JsonNode body(HttpServletRequest request) throws IOException {
        try {
            return MAPPER.readTree(request.getInputStream().readAllBytes());
        } catch (JsonProcessingException e) {
            throw new Problem(400, "The body is not JSON.");
        }
    }

    /** An object with these fields and no others. */
    static JsonNode object(JsonNode node, String... names) {
        var fields = Set.of(names);
        if (!node.isObject() || node.size() != fields.size() || !fields.stream().allMatch(node::has)) {
            throw Problem.invalid("Its fields are " + String.join(" and ", names) + ".");
        }
        return node;
    }

    static long integer(JsonNode object, String name, long max) {
        JsonNode value = object.get(name);
        if (!value.canConvertToLong() || !value.isIntegralNumber() || value.longValue() < 1 || value.longValue() > max) {
            throw Problem.invalid(name + " must be a whole number from 1 to " + max + ".");
        }
        return value.longValue();
    }

    static String text(JsonNode object, String name) {
        JsonNode value = object.get(name);
        if (!value.isTextual() || value.textValue().indexOf('\0') >= 0) {
            throw Problem.invalid(name + " must be a text.");
        }
        return value.textValue();
    }
}
