package shop;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Writes answers as JSON. */
final class Answers {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Answers() {}

    static void write(HttpServletResponse response, int status, Object body) throws IOException {
        write(response, status, "application/json", body);
    }

    /** An error as RFC 9457 has it; the detail is what the client should know. */
    static void writeProblem(HttpServletResponse response, int status, String title, String detail)
            throws IOException {
        var problem = new Problem("about:blank", title, status, detail);
        write(response, status, "application/problem+json", problem);
    }

    private record Problem(String type, String title, int status, String detail) {}

    private static void write(HttpServletResponse response, int status, String contentType, Object body)
            throws IOException {
        response.setStatus(status);
        response.setContentType(contentType);
        response.getOutputStream().write(MAPPER.writeValueAsBytes(body));
    }
}
