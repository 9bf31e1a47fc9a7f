package shop;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/** How many rows of a list are asked for, and how many the pages before have shown: that is what a cursor says. */
record Page(int limit, int offset) {
    private static final int USUAL_LIMIT = 20;
    private static final int MAX_LIMIT = 500;

    static Page of(HttpServletRequest request) {
        int limit = number(request, "limit", USUAL_LIMIT);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw Problem.invalid("limit must be a number from 1 to " + MAX_LIMIT + ".");
        }
        return new Page(limit, number(request, "cursor", 0));
    }

    /** One row more than there is room for, to know whether there is a next page. */
    int rows() {
        return limit + 1;
    }

    <T> List<T> cut(List<T> rows) {
        return rows.size() > limit ? rows.subList(0, limit) : rows;
    }

    String next(List<?> rows) {
        return rows.size() > limit ? String.valueOf(offset + limit) : null;
    }

    private static int number(HttpServletRequest request, String name, int otherwise) {
        String text = request.getParameter(name);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw Problem.invalid(name + " is not what it should be.");
        }
        return Integer.parseInt(text);
    }
}
