package shop.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Gives every answer a request id, and writes one line to standard output for each. */
final class Trace extends ValveBase {
    /** The attribute of a request that has what an answer of 5xx does not tell. */
    static final String CAUSE = Trace.class.getName() + ".cause";

    private static final String HEADER = "X-Request-Id";
    private static final Pattern USABLE = Pattern.compile("[!-~]{1,128}");

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        long start = System.nanoTime();
        String given = request.getHeader(HEADER);
        String id = given != null && USABLE.matcher(given).matches() ? given : UUID.randomUUID().toString();
        response.setHeader(HEADER, id);
        try {
            getNext().invoke(request, response);
        } finally {
            double milliseconds = (System.nanoTime() - start) / 1e6;
            System.out.println(Json.text(new Line(
                    Instant.now(), id, request.getMethod(), request.getRequestURI(), response.getStatus(), milliseconds,
                    stack(request.getAttribute(CAUSE)))));
        }
    }

    private static String stack(Object cause) {
        if (!(cause instanceof Throwable thrown)) {
            return null;
        }
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Line(
            Instant time, String requestId, String method, String path, int status, double durationMs, String error) {}
}
