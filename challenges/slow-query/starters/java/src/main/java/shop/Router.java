package shop;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds the handler for a request's method and path, and answers with what it gives. */
@SuppressWarnings("serial") // No servlet is ever serialized.
final class Router extends HttpServlet {
    private static final System.Logger LOG = System.getLogger("shop");

    private final List<Route> routes = new ArrayList<>();

    /** Gives what is answered, as JSON. */
    @FunctionalInterface
    interface Handler {
        Object handle(HttpServletRequest request) throws IOException, SQLException;
    }

    private record Route(String method, Pattern path, int status, Handler handler) {}

    /** What stands in the path for {@code {id}} becomes the request's attribute of the name {@code id}. */
    Router add(String method, String template, int status, Handler handler) {
        String path = template.replaceAll("\\{([a-z]+)}", "(?<$1>[^/]+)");
        routes.add(new Route(method, Pattern.compile(path), status, handler));
        return this;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            Route route = find(request);
            write(response, route.status(), "application/json", route.handler().handle(request));
        } catch (Problem e) {
            writeProblem(response, e);
        } catch (SQLException | RuntimeException e) {
            LOG.log(Level.ERROR, "A request failed", e);
            writeProblem(response, new Problem(500, "Something went wrong."));
        }
    }

    private Route find(HttpServletRequest request) {
        for (Route route : routes) {
            var path = route.path().matcher(request.getPathInfo());
            if (path.matches() && route.method().equals(request.getMethod())) {
                path.namedGroups().keySet().forEach(name -> request.setAttribute(name, path.group(name)));
                return route;
            }
        }
        throw Problem.notFound("path");
    }

    private static void writeProblem(HttpServletResponse response, Problem problem) throws IOException {
        var body = Map.of("title", problem.title(), "status", problem.status(), "detail", problem.getMessage());
        write(response, problem.status(), "application/problem+json", body);
    }

    private static void write(HttpServletResponse response, int status, String contentType, Object body)
            throws IOException {
        response.setStatus(status);
        response.setContentType(contentType);
        response.getOutputStream().write(Json.MAPPER.writeValueAsBytes(body));
    }
}
