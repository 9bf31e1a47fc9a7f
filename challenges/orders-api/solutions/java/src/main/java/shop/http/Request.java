package shop.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an endpoint needs of a request. */
public final class Request {
    /** Far above what any valid body needs. */
    private static final int LONGEST_BODY = 64 * 1024;

    private final HttpServletRequest request;
    private final Map<String, String> variables;

    Request(HttpServletRequest request, Map<String, String> variables) {
        this.request = request;
        this.variables = variables;
    }

    /** What stands in the path for a variable of the route. */
    public String variable(String name) {
        return variables.get(name);
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeader(name));
    }

    public List<String> headers(String name) {
        return Collections.list(request.getHeaders(name));
    }

    public Parameters parameters() {
        return Parameters.parse(request.getQueryString());
    }

    /** The body: a JSON object that has these fields and no others. */
    public Fields body(String... fields) throws IOException {
        byte[] body = request.getInputStream().readNBytes(LONGEST_BODY + 1);
        if (body.length > LONGEST_BODY) {
            throw Problem.tooLarge("The body may have " + LONGEST_BODY + " bytes.");
        }
        return Fields.of(parsed(body), fields);
    }

    static JsonNode parsed(byte[] body) throws IOException {
        JsonNode document;
        try {
            document = Json.MAPPER.readTree(body);
        } catch (StreamReadException | MismatchedInputException | CharConversionException e) {
            throw Problem.malformed("The body is not JSON.");
        } catch (JacksonException e) {
            // It is JSON, but with a number of thousands of digits or the like.
            throw Problem.invalid("The body is more than can be read here.");
        }
        if (document.isMissingNode()) {
            throw Problem.malformed("The body is empty.");
        }
        return document;
    }
}
