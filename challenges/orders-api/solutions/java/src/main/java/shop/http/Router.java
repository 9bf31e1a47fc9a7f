package shop.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Finds the endpoint for a request's method and path. */
public final class Router {
    private final List<Route> routes = new ArrayList<>();

    /** A segment in braces, as in {@code /orders/{id}}, stands for any text. */
    public Router add(String method, String template, Endpoint endpoint) {
        routes.add(new Route(method, segments(template), endpoint));
        return this;
    }

    Answer answer(HttpServletRequest request) throws IOException {
        List<String> path = segments(request.getPathInfo());
        var methods = new TreeSet<String>();
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.match(path);
            if (variables.isEmpty()) {
                continue;
            }
            if (route.method.equals(request.getMethod())) {
                return route.endpoint.answer(new Request(request, variables.get()));
            }
            methods.add(route.method);
        }
        throw methods.isEmpty()
                ? Problem.notFound("There is nothing at this path.")
                : Problem.methodNotAllowed(String.join(", ", methods));
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }

    private record Route(String method, List<String> template, Endpoint endpoint) {
        /** What the template's variables are in a path, if it is one of the template's. */
        Optional<Map<String, String>> match(List<String> path) {
            if (path.size() != template.size()) {
                return Optional.empty();
            }
            var variables = new HashMap<String, String>();
            for (int i = 0; i < path.size(); i++) {
                String segment = template.get(i);
                if (segment.startsWith("{") && !path.get(i).isEmpty()) {
                    variables.put(segment.substring(1, segment.length() - 1), path.get(i));
                } else if (!segment.equals(path.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(variables);
        }
    }
}
