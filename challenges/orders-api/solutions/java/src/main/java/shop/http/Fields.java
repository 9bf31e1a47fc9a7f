package shop.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The fields of a JSON object, held against the rules of the API. Binding to records would be shorter,
 * but kinder than they allow: Jackson makes 3 of "3", a text of 3, and 0 of what is missing.
 */
public final class Fields {
    private final JsonNode object;

    private Fields(JsonNode object) {
        this.object = object;
    }

    /** Takes an object that has no fields but these. Whether it has them shows when they are read. */
    public static Fields of(JsonNode document, String... names) {
        String known = String.join(", ", names);
        if (!document.isObject()) {
            throw Problem.invalid("It has to be an object with these fields: " + known + ".");
        }
        document.fieldNames().forEachRemaining(name -> {
            if (!Set.of(names).contains(name)) {
                throw Problem.invalid("There is a field too many. These are known here: " + known + ".");
            }
        });
        return new Fields(document);
    }

    public boolean has(String name) {
        return object.has(name);
    }

    /** A text that has a place in the database: no U+0000 in it, and no half of a surrogate pair. */
    public String text(String name) {
        JsonNode value = required(name);
        if (!value.isTextual() || !isStorable(value.textValue())) {
            throw invalid(name, "has to be a text without U+0000");
        }
        return value.textValue();
    }

    /** A whole number within the bounds, both included. */
    public long integer(String name, long least, long most) {
        JsonNode value = required(name);
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            throw invalid(name, "has to be an integer from " + least + " to " + most);
        }
        return value.longValue();
    }

    /** A list of objects that have no fields but these. */
    public List<Fields> list(String name, String... fields) {
        JsonNode value = required(name);
        if (!value.isArray()) {
            throw invalid(name, "has to be a list");
        }
        var entries = new ArrayList<Fields>();
        value.forEach(entry -> entries.add(of(entry, fields)));
        return entries;
    }

    public static Problem invalid(String name, String rule) {
        return Problem.invalid("The field " + name + " " + rule + ".");
    }

    /** Whether the database can have a text as it is. */
    public static boolean isStorable(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private JsonNode required(String name) {
        if (!has(name)) {
            throw invalid(name, "is missing");
        }
        return object.get(name);
    }
}
