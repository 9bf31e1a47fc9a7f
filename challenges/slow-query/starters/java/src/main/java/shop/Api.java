package shop;

import java.util.Map;

/** What the service answers. */
final class Api {
    private Api() {}

    static Router routes(Database database) {
        var customers = new Customers(database);
        var orders = new Orders(database);
        var reports = new Reports(database);
        return new Router()
                .add("GET", "/health", 200, request -> Map.of("status", "ok"))
                .add("GET", "/customers", 200, customers::find)
                .add("GET", "/customers/{id}/orders", 200, customers::history)
                .add("GET", "/orders", 200, orders::list)
                .add("POST", "/orders", 201, orders::place)
                .add("GET", "/orders/{id}", 200, orders::get)
                .add("PUT", "/orders/{id}/status", 200, orders::changeStatus)
                .add("GET", "/reports/orders", 200, reports::orders)
                .add("GET", "/reports/days", 200, reports::days)
                .add("GET", "/reports/products", 200, reports::products);
    }
}
