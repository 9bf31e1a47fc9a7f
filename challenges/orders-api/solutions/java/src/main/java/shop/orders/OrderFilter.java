package shop.orders;

import java.time.Instant;
import shop.auth.Caller;
import shop.auth.Role;
import shop.database.Conditions;
import shop.http.Parameters;

/** Which orders are listed, in which order; what is not asked for is null. */
record OrderFilter(String sort, String customerId, Status status, Instant from, Instant to) {
    /** Customers see their own, whatever they ask for. */
    static OrderFilter of(Parameters parameters, Caller caller) {
        return new OrderFilter(
                parameters.oneOf("sort", "-created_at", "created_at").orElse("-created_at"),
                caller.role() == Role.CUSTOMER ? caller.id() : parameters.text("customer_id").orElse(null),
                parameters.oneOf("status", "confirmed", "cancelled").map(Status::of).orElse(null),
                parameters.time("created_from").orElse(null),
                parameters.time("created_to").orElse(null));
    }

    Conditions conditions() {
        var conditions = new Conditions();
        conditions.addIfGiven("customer_id = ?", customerId);
        conditions.addIfGiven("status = ?", status == null ? null : status.text());
        conditions.addIfGiven("created_at >= ?", from);
        conditions.addIfGiven("created_at < ?", to);
        return conditions;
    }

    boolean isDescending() {
        return sort.startsWith("-");
    }
}
