package shop.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** An answer, whose body becomes JSON unless it is that already, as bytes. */
public record Answer(int status, Map<String, String> headers, Object body) {
    public static Answer ok(Object body) {
        return of(200, "application/json", body);
    }

    public static Answer created(Object body) {
        return of(201, "application/json", body);
    }

    static Answer of(int status, String contentType, Object body) {
        return new Answer(status, Map.of("Content-Type", contentType), body);
    }

    public Answer with(String header, String value) {
        var more = new HashMap<>(headers);
        more.put(header, value);
        return new Answer(status, more, body);
    }

    /** Says which version of a thing the body shows. */
    public Answer tagged(long version) {
        return with("ETag", IfMatch.tag(version));
    }

    void writeTo(HttpServletResponse response) throws IOException {
        byte[] bytes = body instanceof byte[] ready ? ready : Json.bytes(body);
        response.setStatus(status);
        headers.forEach(response::setHeader);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
