package shop.orders;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import shop.database.Sql;
import shop.http.Json;
import shop.http.Problem;

/** Orders as the rows of their two tables. */
final class OrderRows {
    private OrderRows() {}

    static Problem notFound() {
        return Problem.notFound("There is no such order.");
    }

    /** Adds an order unless its key is taken. Its time is now, not when its transaction began to wait. */
    static boolean add(
            Connection connection,
            UUID id,
            String customerId,
            String key,
            Map<String, Long> requested,
            List<Item> items)
            throws SQLException {
        var amounts = Amounts.of(items);
        int added = Sql.update(connection, """
                insert into orders (id, customer_id, status, subtotal_cents, discount_cents, shipping_cents,
                    total_cents, idempotency_key, requested, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, clock_timestamp())
                on conflict (customer_id, idempotency_key) do nothing""",
                id, customerId, Status.CONFIRMED.text(), amounts.subtotalCents(), amounts.discountCents(),
                amounts.shippingCents(), amounts.totalCents(), key, key == null ? null : Json.text(requested));
        if (added == 0) {
            return false;
        }
        addItems(connection, id, items);
        return true;
    }

    static void replaceItems(Connection connection, UUID id, List<Item> items) throws SQLException {
        Sql.update(connection, "delete from order_items where order_id = ?", id);
        addItems(connection, id, items);
        var amounts = Amounts.of(items);
        Sql.update(connection, """
                update orders
                set subtotal_cents = ?, discount_cents = ?, shipping_cents = ?, total_cents = ?, version = version + 1
                where id = ?""",
                amounts.subtotalCents(), amounts.discountCents(), amounts.shippingCents(), amounts.totalCents(), id);
    }

    /**
     * A customer's order, which stays as it is until the transaction ends. It is read after it was locked:
     * a statement that has to wait would see the items as they were before.
     */
    static Order locked(Connection connection, UUID id, String customerId) throws SQLException {
        Sql.list(connection, "select 1 from orders where id = ? and customer_id = ? for update",
                row -> row.getInt(1), id, customerId);
        return one(connection, "where id = ? and customer_id = ?", id, customerId);
    }

    static Order one(Connection connection, String condition, Object... arguments) throws SQLException {
        return all(connection, condition, "asc", arguments).stream().findFirst().orElseThrow(OrderRows::notFound);
    }

    /** The orders that the rest of a query selects. One statement reads them and their items at one moment. */
    static List<Order> all(Connection connection, String rest, String direction, Object... arguments)
            throws SQLException {
        var orders = new LinkedHashMap<UUID, Order>();
        Sql.list(connection, """
                select o.id, o.customer_id, o.status, o.subtotal_cents, o.discount_cents, o.shipping_cents,
                    o.total_cents, o.created_at, o.version, i.sku, i.quantity, i.unit_price_cents
                from (select * from orders %1$s) o join order_items i on i.order_id = o.id
                order by o.created_at %2$s, o.id %2$s, i.sku collate "C"
                """.formatted(rest, direction), row -> collect(orders, row), arguments);
        return List.copyOf(orders.values());
    }

    /** Adds a row's item to its order, and the order if the row is its first. */
    private static boolean collect(Map<UUID, Order> orders, ResultSet row) throws SQLException {
        UUID id = row.getObject("id", UUID.class);
        if (!orders.containsKey(id)) {
            orders.put(id, order(id, row));
        }
        var item = new Item(row.getString("sku"), row.getLong("quantity"), row.getLong("unit_price_cents"));
        return orders.get(id).items().add(item);
    }

    private static Order order(UUID id, ResultSet row) throws SQLException {
        var amounts = new Amounts(
                row.getLong("subtotal_cents"),
                row.getLong("discount_cents"),
                row.getLong("shipping_cents"),
                row.getLong("total_cents"));
        return new Order(
                id,
                row.getString("customer_id"),
                Status.of(row.getString("status")),
                new ArrayList<>(),
                amounts,
                Sql.instant(row, "created_at"),
                row.getLong("version"));
    }

    private static void addItems(Connection connection, UUID id, List<Item> items) throws SQLException {
        try (var statement = connection.prepareStatement(
                "insert into order_items (order_id, sku, quantity, unit_price_cents) values (?, ?, ?, ?)")) {
            for (Item item : items) {
                statement.setObject(1, id);
                statement.setString(2, item.sku());
                statement.setLong(3, item.quantity());
                statement.setLong(4, item.unitPriceCents());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
