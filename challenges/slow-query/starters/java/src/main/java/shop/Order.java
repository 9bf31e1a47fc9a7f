package shop;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;

/** An order as it is shown; in the list of all orders without items. */
record Order(
        long id,
        long customerId,
        String status,
        long totalCents,
        String placedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) List<Item> items) {

    record Item(int line, String sku, String name, int quantity, long unitPriceCents) {}

    record OrderPage(List<Order> orders, String nextCursor) {}

    static Order read(ResultSet row) throws SQLException {
        return new Order(
                row.getLong("id"),
                row.getLong("customer_id"),
                row.getString("status"),
                row.getLong("total_cents"),
                row.getObject("placed_at", OffsetDateTime.class).toInstant().toString(),
                null);
    }

    Order withItems(Connection connection) throws SQLException {
        var items = Database.list(
                connection,
                """
                select line, sku, name, quantity, unit_price_cents
                from order_items join products on products.id = product_id
                where order_id = ?
                order by line
                """,
                row -> new Item(
                        row.getInt("line"),
                        row.getString("sku"),
                        row.getString("name"),
                        row.getInt("quantity"),
                        row.getLong("unit_price_cents")),
                id);
        return new Order(id, customerId, status, totalCents, placedAt, items);
    }
}
