package shop;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Orders: listed, shown, placed, and given another status. */
final class Orders {
    static final List<String> STATUSES = List.of("pending", "paid", "shipped", "returned", "cancelled");

    private static final int MAX_ITEMS = 50;
    private static final int MAX_QUANTITY = 1000;

    private final Database database;

    Orders(Database database) {
        this.database = database;
    }

    private record Wanted(String sku, int quantity) {}

    private record Product(int id, long priceCents) {}

    Object list(HttpServletRequest request) throws SQLException {
        var page = Page.of(request);
        String status = request.getParameter("status");
        if (status != null) {
            check(status);
        }
        var rows = database.list(
                """
                select * from orders
                where ?::text is null or status = ?
                order by placed_at, id
                limit ? offset ?
                """,
                Order::read,
                status,
                status,
                page.rows(),
                page.offset());
        return new Order.OrderPage(page.cut(rows), page.next(rows));
    }

    Object get(HttpServletRequest request) throws SQLException {
        return database.connected(connection -> byId(connection, Parameters.id(request)));
    }

    Object place(HttpServletRequest request) throws IOException, SQLException {
        var body = Json.object(Json.body(request), "customer_id", "items");
        long customer = Json.integer(body, "customer_id", Long.MAX_VALUE);
        var items = wanted(body.get("items"));
        return database.transaction(connection -> place(connection, customer, items));
    }

    Object changeStatus(HttpServletRequest request) throws IOException, SQLException {
        long id = Parameters.id(request);
        String status = Json.text(Json.object(Json.body(request), "status"), "status");
        check(status);
        return database.connected(connection -> {
            Database.update(connection, "update orders set status = ? where id = ?", status, id);
            return byId(connection, id);
        });
    }

    private static List<Wanted> wanted(JsonNode nodes) {
        if (!nodes.isArray() || nodes.isEmpty() || nodes.size() > MAX_ITEMS) {
            throw Problem.invalid("An order has 1 to " + MAX_ITEMS + " items.");
        }
        var items = new ArrayList<Wanted>();
        for (JsonNode node : nodes) {
            Json.object(node, "sku", "quantity");
            items.add(new Wanted(Json.text(node, "sku"), (int) Json.integer(node, "quantity", MAX_QUANTITY)));
        }
        return items;
    }

    private static Order place(Connection connection, long customer, List<Wanted> items) throws SQLException {
        Database.first(connection, "select 1 from customers where id = ?", row -> true, customer)
                .orElseThrow(() -> Problem.invalid("There is no such customer."));
        long id = Database.first(
                        connection,
                        "insert into orders (customer_id, status, total_cents) values (?, 'pending', 0) returning id",
                        row -> row.getLong("id"),
                        customer)
                .orElseThrow();
        long total = 0;
        int line = 0;
        for (Wanted item : items) {
            var product = Database.first(
                            connection,
                            "select id, price_cents from products where sku = ?",
                            row -> new Product(row.getInt("id"), row.getLong("price_cents")),
                            item.sku())
                    .orElseThrow(() -> Problem.invalid("There is no product " + item.sku() + "."));
            line++;
            Database.update(
                    connection,
                    "insert into order_items values (?, ?, ?, ?, ?)",
                    id,
                    line,
                    product.id(),
                    item.quantity(),
                    product.priceCents());
            total += item.quantity() * product.priceCents();
        }
        Database.update(connection, "update orders set total_cents = ? where id = ?", total, id);
        return byId(connection, id);
    }

    private static Order byId(Connection connection, long id) throws SQLException {
        return Database.first(connection, "select * from orders where id = ?", Order::read, id)
                .orElseThrow(() -> Problem.notFound("order"))
                .withItems(connection);
    }

    private static void check(String status) {
        if (!STATUSES.contains(status)) {
            throw Problem.invalid("A status is one of " + String.join(", ", STATUSES) + ".");
        }
    }
}
