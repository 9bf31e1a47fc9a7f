package shop.http;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Hands requests to the router, and answers what goes wrong as a problem. */
@SuppressWarnings("serial") // No servlet is ever serialized.
final class ApiServlet extends HttpServlet {
    private final Router router;

    ApiServlet(Router router) {
        this.router = router;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answer answer;
        try {
            answer = router.answer(request);
        } catch (Problem problem) {
            answer = told(request, problem);
        } catch (RuntimeException e) {
            answer = told(request, Problem.failed(e));
        }
        answer.writeTo(response);
    }

    private static Answer told(HttpServletRequest request, Problem problem) {
        request.setAttribute(Trace.CAUSE, problem.getCause());
        return problem.answer();
    }
}
