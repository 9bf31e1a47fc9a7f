package shop.http;

import java.io.IOException;

/** Answers a request, or throws the {@link Problem} that keeps it from that. */
@FunctionalInterface
public interface Endpoint {
    Answer answer(Request request) throws IOException;
}
