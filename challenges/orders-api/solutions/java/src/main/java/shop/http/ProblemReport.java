package shop.http;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;

/** Puts what Tomcat refuses before the servlet sees it, as a path with U+0000, into our words. */
public final class ProblemReport extends ErrorReportValve {
    @Override
    protected void report(Request request, Response response, Throwable thrown) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            Problem.answer(status, "This is not a request that can be served.").writeTo(response);
            response.finishResponse();
        } catch (IOException e) {
            // The client is gone.
        }
    }
}
