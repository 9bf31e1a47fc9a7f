package shop.auth;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import shop.http.Answer;
import shop.http.Endpoint;
import shop.http.Problem;
import shop.http.Request;

/** Lets requests through whose token says that they may. */
public final class Guard {
    private final Tokens tokens;

    public Guard(String secret) {
        tokens = new Tokens(secret);
    }

    /** Answers a request of somebody who may make it. */
    @FunctionalInterface
    public interface Guarded {
        Answer answer(Request request, Caller caller) throws IOException;
    }

    public Endpoint admit(Guarded endpoint, Role... roles) {
        var admitted = EnumSet.copyOf(Arrays.asList(roles));
        return request -> {
            Caller caller = tokens.caller(request.header("Authorization").orElse(""));
            if (!admitted.contains(caller.role())) {
                throw Problem.forbidden("This is not for the role of your token.");
            }
            return endpoint.answer(request, caller);
        };
    }
}
