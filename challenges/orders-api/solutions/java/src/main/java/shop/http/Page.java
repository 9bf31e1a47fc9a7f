package shop.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;

/** The part of a list that is asked for: what comes after a place, or (null) its beginning. */
public record Page<P>(Cursors cursors, Object list, P after, int limit) {
    private static final long LIMIT = 20;
    private static final long HIGHEST_LIMIT = 100;

    /** The list is whatever tells it from others, as for {@link Cursors}. */
    public static <P> Page<P> asked(Parameters parameters, Cursors cursors, Object list, Class<P> place) {
        long limit = parameters.integer("limit", 1, HIGHEST_LIMIT).orElse(LIMIT);
        P after = parameters.text("cursor").map(cursor -> cursors.open(list, cursor, place)).orElse(null);
        return new Page<>(cursors, list, after, (int) limit);
    }

    /** How many rows to look for: one more than is shown tells whether there is a next page. */
    public int oneMore() {
        return limit + 1;
    }

    /** Shows rows under a name. */
    public <R> Answer answer(String name, List<R> rows, Function<R, P> place) {
        var body = new LinkedHashMap<String, Object>();
        boolean isLast = rows.size() <= limit;
        body.put(name, isLast ? rows : rows.subList(0, limit));
        body.put("next_cursor", isLast ? null : cursors.seal(list, place.apply(rows.get(limit - 1))));
        return Answer.ok(body);
    }
}
