package shop.http;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The parameters of a list, held against the rules of the API. */
public final class Parameters {
    private static final Pattern INTEGER = Pattern.compile("-?\\d{1,18}");
    /** Instant.parse takes a little more than this. */
    private static final Pattern RFC_3339 = Pattern.compile(
            "\\d{4}-\\d{2}-\\d{2}T(?!24)\\d{2}:\\d{2}:\\d{2}([.]\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})",
            Pattern.CASE_INSENSITIVE);

    private final Map<String, List<String>> values = new HashMap<>();

    private Parameters() {}

    /** Of a query as it came, or of none (null). */
    static Parameters parse(String query) {
        var parameters = new Parameters();
        if (query != null) {
            for (String pair : query.split("&")) {
                String[] parts = pair.split("=", 2);
                String value = parts.length == 2 ? decoded(parts[1]) : "";
                parameters.values.computeIfAbsent(decoded(parts[0]), name -> new ArrayList<>()).add(value);
            }
        }
        return parameters;
    }

    public Optional<String> text(String name) {
        List<String> given = values.getOrDefault(name, List.of());
        if (given.size() > 1) {
            throw invalid(name, "may be given once");
        }
        if (given.stream().anyMatch(value -> value.indexOf('\0') >= 0)) {
            throw invalid(name, "may not have U+0000 in it");
        }
        return given.stream().findFirst();
    }

    /** A whole number within the bounds, both included. */
    public Optional<Long> integer(String name, long least, long most) {
        return text(name).map(text -> {
            if (INTEGER.matcher(text).matches()) {
                long number = Long.parseLong(text);
                if (number >= least && number <= most) {
                    return number;
                }
            }
            throw invalid(name, "has to be an integer from " + least + " to " + most);
        });
    }

    public Optional<String> oneOf(String name, String... choices) {
        return text(name).map(text -> {
            if (!List.of(choices).contains(text)) {
                throw invalid(name, "has to be one of " + String.join(", ", choices));
            }
            return text;
        });
    }

    /**
     * A time, as exactly as the database has it: of what lies between two microseconds the later one,
     * so that comparing what is stored with it comes to the same.
     */
    public Optional<Instant> time(String name) {
        return text(name).map(text -> {
            try {
                if (RFC_3339.matcher(text).matches()) {
                    return Instant.parse(text).plusNanos(999).truncatedTo(ChronoUnit.MICROS);
                }
            } catch (DateTimeException e) {
                // It looks like one, but has a 13th month or the like.
            }
            throw invalid(name, "has to be a time with offset, such as 2026-11-24T09:10:38Z");
        });
    }

    public static Problem invalid(String name, String rule) {
        return Problem.invalid("The parameter " + name + " " + rule + ".");
    }

    /** URLDecoder would put U+FFFD where bytes are no UTF-8, so it is asked for the bytes alone. */
    private static String decoded(String text) {
        try {
            byte[] bytes = URLDecoder.decode(text, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw Problem.invalid("The parameters are not encoded as they have to be.");
        }
    }
}
