package shop.http;

/** An error as a client is told of it (RFC 9457): what to do, and nothing of the inside. */
@SuppressWarnings("serial") // No problem is ever serialized.
public final class Problem extends RuntimeException {
    private final Answer answer;

    private Problem(int status, String detail, Throwable cause) {
        this(answer(status, detail), detail, cause);
    }

    private Problem(Answer answer, String detail, Throwable cause) {
        // Without a stack, which is of no use: where it was thrown is no place of a mistake.
        super(detail, cause, false, false);
        this.answer = answer;
    }

    /** The body is not even JSON. */
    public static Problem malformed(String detail) {
        return new Problem(400, detail, null);
    }

    public static Problem unauthenticated(String detail) {
        return new Problem(answer(401, detail).with("WWW-Authenticate", "Bearer"), detail, null);
    }

    public static Problem forbidden(String detail) {
        return new Problem(403, detail, null);
    }

    public static Problem notFound(String detail) {
        return new Problem(404, detail, null);
    }

    public static Problem methodNotAllowed(String methods) {
        String detail = "The methods here are: " + methods + ".";
        return new Problem(answer(405, detail).with("Allow", methods), detail, null);
    }

    public static Problem conflict(String detail) {
        return new Problem(409, detail, null);
    }

    public static Problem preconditionFailed(String detail) {
        return new Problem(412, detail, null);
    }

    public static Problem tooLarge(String detail) {
        return new Problem(413, detail, null);
    }

    /** A value breaks a rule. */
    public static Problem invalid(String detail) {
        return new Problem(422, detail, null);
    }

    public static Problem preconditionRequired(String detail) {
        return new Problem(428, detail, null);
    }

    /** A mistake of ours, whose cause is for the log. */
    public static Problem failed(Throwable cause) {
        return new Problem(500, "Something went wrong here. Try again later.", cause);
    }

    /** The database is away. */
    public static Problem unavailable(Throwable cause) {
        return new Problem(503, "This cannot be done at the moment. Try again later.", cause);
    }

    Answer answer() {
        return answer;
    }

    static Answer answer(int status, String detail) {
        var body = new Body("about:blank", title(status), status, detail);
        return Answer.of(status, "application/problem+json", body);
    }

    private record Body(String type, String title, int status, String detail) {}

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 422 -> "Unprocessable Content";
            case 428 -> "Precondition Required";
            case 503 -> "Service Unavailable";
            default -> status < 500 ? "Client Error" : "Internal Server Error";
        };
    }
}
