package shop;

import static shop.auth.Role.ADMIN;
import static shop.auth.Role.CUSTOMER;
import static shop.auth.Role.SUPPORT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import shop.auth.Guard;
import shop.database.Database;
import shop.http.Answer;
import shop.http.Cursors;
import shop.http.Problem;
import shop.http.Router;
import shop.orders.OrderEndpoints;
import shop.orders.OrderStore;
import shop.products.ProductEndpoints;
import shop.products.ProductStore;

/** What the service answers, and to whom. */
final class Api {
    private Api() {}

    static Router routes(Database database, String secret) {
        var guard = new Guard(secret);
        var cursors = new Cursors(secret);
        var productStore = new ProductStore(database);
        var products = new ProductEndpoints(productStore, cursors);
        var orders = new OrderEndpoints(new OrderStore(database, productStore), cursors);
        byte[] description = description();

        return new Router()
                .add("GET", "/health", request -> status("ok"))
                .add("GET", "/ready", request -> ready(database))
                .add("GET", "/openapi.json", request -> Answer.ok(description))
                .add("POST", "/products", guard.admit(products::add, ADMIN))
                .add("GET", "/products", guard.admit(products::list, CUSTOMER, ADMIN, SUPPORT))
                .add("GET", "/products/{sku}", guard.admit(products::show, CUSTOMER, ADMIN, SUPPORT))
                .add("PATCH", "/products/{sku}", guard.admit(products::change, ADMIN))
                .add("POST", "/products/{sku}/stock", guard.admit(products::adjustStock, ADMIN))
                .add("POST", "/orders", guard.admit(orders::place, CUSTOMER))
                .add("GET", "/orders", guard.admit(orders::list, CUSTOMER, SUPPORT))
                .add("GET", "/orders/{id}", guard.admit(orders::show, CUSTOMER, SUPPORT))
                .add("PATCH", "/orders/{id}", guard.admit(orders::change, CUSTOMER))
                .add("POST", "/orders/{id}/cancel", guard.admit(orders::cancel, CUSTOMER));
    }

    private static Answer ready(Database database) {
        if (!database.answers()) {
            throw Problem.unavailable(null);
        }
        return status("ready");
    }

    private static Answer status(String status) {
        return Answer.ok(Map.of("status", status));
    }

    private static byte[] description() {
        try (var file = Api.class.getResourceAsStream("/openapi.json")) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
