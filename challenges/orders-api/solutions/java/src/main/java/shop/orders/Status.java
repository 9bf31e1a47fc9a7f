package shop.orders;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What has become of an order. */
enum Status {
    CONFIRMED,
    CANCELLED;

    static Status of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** As it is in JSON and in the database. */
    @JsonValue
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
