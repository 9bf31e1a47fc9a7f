package shop;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Finds the handler for a request's method and path. */
@SuppressWarnings("serial") // No servlet is ever serialized.
final class Router extends HttpServlet {
    private final List<Route> routes = new ArrayList<>();
    private final Handler otherwise;

    Router(Handler otherwise) {
        this.otherwise = otherwise;
    }

    @FunctionalInterface
    interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    private record Route(String method, Pattern path, Handler handler) {}

    /** What stands in the path for {@code {id}} becomes the request's attribute of the name {@code id}. */
    Router add(String method, String template, Handler handler) {
        String path = template.replaceAll("\\{([a-z]+)}", "(?<$1>[^/]+)");
        routes.add(new Route(method, Pattern.compile(path), handler));
        return this;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        for (Route route : routes) {
            var path = route.path().matcher(request.getPathInfo());
            if (path.matches() && route.method().equals(request.getMethod())) {
                path.namedGroups().keySet().forEach(name -> request.setAttribute(name, path.group(name)));
                route.handler().handle(request, response);
                return;
            }
        }
        otherwise.handle(request, response);
    }
}
