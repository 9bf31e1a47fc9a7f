package shop;

import jakarta.servlet.http.HttpServletRequest;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;

/** What stands in a request's path and query. */
final class Parameters {
    private Parameters() {}

    static long id(HttpServletRequest request) {
        String text = (String) request.getAttribute("id");
        if (!text.matches("[0-9]{1,18}")) {
            throw Problem.invalid("An id is a number.");
        }
        return Long.parseLong(text);
    }

    static String text(HttpServletRequest request, String name) {
        String value = request.getParameter(name);
        if (value == null) {
            throw Problem.invalid(name + " is missing.");
        }
        return value;
    }

    static LocalDate day(HttpServletRequest request, String name) {
        try {
            return LocalDate.parse(text(request, name));
        } catch (DateTimeParseException e) {
            throw Problem.invalid(name + " must be a day such as 2023-05-17.");
        }
    }
}
