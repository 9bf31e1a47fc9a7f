package shop;

import java.util.Map;
import javax.sql.DataSource;

/** What the service answers. */
final class Api {
    private Api() {}

    static Router routes(DataSource database, String secret) {
        // From /ready on it is yours: database and secret are there to be used. Each of these answers 501
        // until you write it, and so does every other path.
        return new Router(notBuiltYet("This"))
                .add("GET", "/health", (request, response) -> Answers.write(response, 200, Map.of("status", "ok")))
                .add("GET", "/ready", notBuiltYet("Readiness"))
                .add("GET", "/openapi.json", notBuiltYet("The description"))
                .add("POST", "/products", notBuiltYet("Adding a product"))
                .add("GET", "/products", notBuiltYet("Listing products"))
                .add("GET", "/products/{sku}", notBuiltYet("Showing a product"))
                .add("PATCH", "/products/{sku}", notBuiltYet("Changing a product"))
                .add("POST", "/products/{sku}/stock", notBuiltYet("Adjusting stock"))
                .add("POST", "/orders", notBuiltYet("Placing an order"))
                .add("GET", "/orders", notBuiltYet("Listing orders"))
                .add("GET", "/orders/{id}", notBuiltYet("Showing an order"))
                .add("PATCH", "/orders/{id}", notBuiltYet("Changing an order"))
                .add("POST", "/orders/{id}/cancel", notBuiltYet("Cancelling an order"));
    }

    private static Router.Handler notBuiltYet(String what) {
        return (request, response) ->
                Answers.writeProblem(response, 501, "Not Implemented", what + " is not built yet.");
    }
}
