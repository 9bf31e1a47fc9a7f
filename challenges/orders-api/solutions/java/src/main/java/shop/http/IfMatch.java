package shop.http;

import java.util.Arrays;
import java.util.List;

/** Which version of a thing a client believes to change. */
public record IfMatch(List<String> tags) {
    public static IfMatch of(Request request) {
        var tags = request.headers("If-Match").stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .toList();
        if (tags.isEmpty()) {
            throw Problem.preconditionRequired("Say in If-Match which version you change: its ETag, or *.");
        }
        return new IfMatch(tags);
    }

    /** Is only of use once nobody else can change the thing any more. */
    public void require(long version) {
        if (!tags.contains("*") && !tags.contains(tag(version))) {
            throw Problem.preconditionFailed("It has been changed since. Read it again, then decide.");
        }
    }

    static String tag(long version) {
        return "\"" + version + "\"";
    }
}
