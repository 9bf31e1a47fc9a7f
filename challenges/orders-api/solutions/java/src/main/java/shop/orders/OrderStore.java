package shop.orders;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import shop.database.Database;
import shop.database.Sql;
import shop.http.IfMatch;
import shop.http.Json;
import shop.http.Problem;
import shop.products.ProductStore;

/**
 * The orders in the database. Transactions lock in one order, so that none waits for one that waits for
 * it: an order, then products by sku, then an idempotency key.
 */
public final class OrderStore {
    private final Database database;
    private final ProductStore products;

    public OrderStore(Database database, ProductStore products) {
        this.database = database;
        this.products = products;
    }

    /** The place of an order in a list. */
    record Place(Instant at, UUID id) {
        static Place of(Order order) {
            return new Place(order.createdAt(), order.id());
        }
    }

    record Placed(Order order, boolean isNew) {}

    /** Makes an order, or finds the one that the key has made before. Without a key (null) it is a new one. */
    Placed place(String customerId, String key, SortedMap<String, Long> wanted) {
        return database.transaction(connection -> {
            var locked = products.lock(connection, wanted.keySet());
            // Only now: a retry that was here a moment ago had these products, and is done with them.
            var earlier = earlier(connection, customerId, key, wanted);
            if (earlier.isPresent()) {
                return new Placed(earlier.get(), false);
            }
            var basket = Basket.of(wanted, List.of(), locked);
            UUID id = UUID.randomUUID();
            if (!OrderRows.add(connection, id, customerId, key, wanted, basket.items())) {
                // The key was taken meanwhile, by a request for other products.
                return new Placed(earlier(connection, customerId, key, wanted).orElseThrow(), false);
            }
            products.take(connection, basket.taken());
            return new Placed(OrderRows.one(connection, "where id = ?", id), true);
        });
    }

    Order get(UUID id) {
        return database.connected(connection -> OrderRows.one(connection, "where id = ?", id));
    }

    Order get(UUID id, String customerId) {
        return database.connected(connection ->
                OrderRows.one(connection, "where id = ? and customer_id = ?", id, customerId));
    }

    /** Up to so many orders, after a place or (null) from the first one on. */
    List<Order> list(OrderFilter filter, Place after, int limit) {
        String direction = filter.isDescending() ? "desc" : "asc";
        var conditions = filter.conditions();
        if (after != null) {
            String beyond = filter.isDescending() ? "<" : ">";
            conditions.add("(created_at, id) " + beyond + " (?, ?)", after.at(), after.id());
        }
        String rest = conditions.where() + " order by created_at " + direction + ", id " + direction + " limit ?";
        return database.connected(connection ->
                OrderRows.all(connection, rest, direction, conditions.argumentsAnd(limit)));
    }

    /** Puts other items in the place of those that a customer's order holds. */
    Order change(UUID id, String customerId, IfMatch ifMatch, SortedMap<String, Long> wanted) {
        return database.transaction(connection -> {
            Order before = OrderRows.locked(connection, id, customerId);
            ifMatch.require(before.version());
            if (before.status() == Status.CANCELLED) {
                throw Problem.conflict("The order is cancelled and cannot be changed.");
            }
            var skus = new HashSet<>(wanted.keySet());
            before.items().forEach(item -> skus.add(item.sku()));
            var basket = Basket.of(wanted, before.items(), products.lock(connection, skus));

            products.take(connection, basket.taken());
            OrderRows.replaceItems(connection, id, basket.items());
            return OrderRows.one(connection, "where id = ?", id);
        });
    }

    /** Cancels a customer's order, and gives back what it holds. */
    Order cancel(UUID id, String customerId) {
        return database.transaction(connection -> {
            Order before = OrderRows.locked(connection, id, customerId);
            if (before.status() == Status.CANCELLED) {
                throw Problem.conflict("The order is cancelled already.");
            }
            var given = new HashMap<String, Long>();
            before.items().forEach(item -> given.put(item.sku(), -item.quantity()));
            products.lock(connection, given.keySet());
            products.take(connection, given);
            Sql.update(connection, "update orders set status = ?, version = version + 1 where id = ?",
                    Status.CANCELLED.text(), id);
            return OrderRows.one(connection, "where id = ?", id);
        });
    }

    /** The order that a key has made, if it has made one. With other items the key is refused. */
    private static Optional<Order> earlier(
            Connection connection, String customerId, String key, Map<String, Long> wanted) throws SQLException {
        if (key == null) {
            return Optional.empty();
        }
        record Earlier(UUID id, boolean isSame) {}
        var earlier = Sql.first(connection, """
                select id, requested = ?::jsonb as is_same from orders where customer_id = ? and idempotency_key = ?""",
                row -> new Earlier(row.getObject("id", UUID.class), row.getBoolean("is_same")),
                Json.text(wanted), customerId, key);
        if (earlier.isEmpty()) {
            return Optional.empty();
        }
        if (!earlier.get().isSame()) {
            throw Problem.invalid("This Idempotency-Key was used with other items. Take a new one.");
        }
        return Optional.of(OrderRows.one(connection, "where id = ?", earlier.get().id()));
    }
}
