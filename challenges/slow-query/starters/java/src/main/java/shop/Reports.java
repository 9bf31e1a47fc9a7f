package shop;

import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was sold. */
final class Reports {
    private static final int LONGEST_DAYS = 92;

    private final Database database;

    Reports(Database database) {
        this.database = database;
    }

    record Counts(long orders, Map<String, Long> byStatus) {}

    record Day(String day, long orders, long revenueCents) {}

    record Sales(String sku, String name, long units, long revenueCents) {}

    /** How many orders there are, and how many of each status. */
    Object orders(HttpServletRequest request) throws SQLException {
        return database.connected(connection -> {
            var byStatus = new LinkedHashMap<String, Long>();
            Orders.STATUSES.forEach(status -> byStatus.put(status, 0L));
            Database.list(
                    connection,
                    "select status, count(*) as orders from orders group by status",
                    row -> byStatus.put(row.getString("status"), row.getLong("orders")));
            long all = Database.first(
                            connection, "select count(*) as orders from orders", row -> row.getLong("orders"))
                    .orElseThrow();
            return new Counts(all, byStatus);
        });
    }

    /** What was sold on each day (UTC) from one on and before another. */
    Object days(HttpServletRequest request) throws SQLException {
        var from = Parameters.day(request, "from");
        var to = Parameters.day(request, "to");
        if (!to.isAfter(from) || to.isAfter(from.plusDays(LONGEST_DAYS))) {
            throw Problem.invalid("to must be 1 to " + LONGEST_DAYS + " days after from.");
        }
        List<Day> days = database.list(
                """
                select date(placed_at at time zone 'UTC') as day, count(*) as orders,
                       sum(total_cents)::bigint as revenue_cents
                from orders
                where date(placed_at at time zone 'UTC') >= ? and date(placed_at at time zone 'UTC') < ?
                  and status <> 'cancelled'
                group by day
                order by day
                """,
                row -> new Day(row.getString("day"), row.getLong("orders"), row.getLong("revenue_cents")),
                from,
                to);
        return Map.of("days", days);
    }

    /** What was ordered of each product of a category, whatever became of the order. */
    Object products(HttpServletRequest request) throws SQLException {
        var products = database.list(
                """
                select sku, name,
                       (select coalesce(sum(quantity), 0) from order_items
                        where product_id = products.id) as units,
                       (select coalesce(sum(quantity * unit_price_cents), 0) from order_items
                        where product_id = products.id) as revenue_cents
                from products
                where category = ?
                order by sku
                """,
                row -> new Sales(
                        row.getString("sku"), row.getString("name"), row.getLong("units"), row.getLong("revenue_cents")),
                Parameters.text(request, "category"));
        return Map.of("products", products);
    }
}
