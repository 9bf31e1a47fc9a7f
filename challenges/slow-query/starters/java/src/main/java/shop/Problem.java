package shop;

/** An error that the client is told of, as a problem detail (RFC 9457). */
@SuppressWarnings("serial") // No problem is ever serialized.
final class Problem extends RuntimeException {
    private final int status;

    Problem(int status, String detail) {
        super(detail);
        this.status = status;
    }

    static Problem notFound(String what) {
        return new Problem(404, "There is no such " + what + ".");
    }

    static Problem invalid(String detail) {
        return new Problem(422, detail);
    }

    int status() {
        return status;
    }

    String title() {
        return switch (status) {
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 422 -> "Unprocessable Content";
            default -> "Internal Server Error";
        };
    }
}
