package shop;

import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Customers, and what they have ordered. */
final class Customers {
    private final Database database;

    Customers(Database database) {
        this.database = database;
    }

    record Customer(long id, String email, String name, String country) {}

    Object find(HttpServletRequest request) throws SQLException {
        var customers = database.list(
                "select id, email, name, country from customers where lower(email) = lower(?) order by id",
                row -> new Customer(
                        row.getLong("id"), row.getString("email"), row.getString("name"), row.getString("country")),
                Parameters.text(request, "email"));
        return Map.of("customers", customers);
    }

    Object history(HttpServletRequest request) throws SQLException {
        long id = Parameters.id(request);
        var page = Page.of(request);
        return database.connected(connection -> {
            Database.first(connection, "select 1 from customers where id = ?", row -> true, id)
                    .orElseThrow(() -> Problem.notFound("customer"));
            var rows = Database.list(
                    connection,
                    "select * from orders where customer_id = ? order by placed_at desc, id desc limit ? offset ?",
                    Order::read,
                    id,
                    page.rows(),
                    page.offset());
            List<Order> orders = new ArrayList<>();
            for (Order order : page.cut(rows)) {
                orders.add(order.withItems(connection));
            }
            return new Order.OrderPage(orders, page.next(rows));
        });
    }
}
