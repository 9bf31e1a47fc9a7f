package shop.orders;

import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import shop.auth.Caller;
import shop.auth.Role;
import shop.http.Answer;
import shop.http.Cursors;
import shop.http.Fields;
import shop.http.IfMatch;
import shop.http.Page;
import shop.http.Problem;
import shop.http.Request;
import shop.products.Product;

/** Answers requests about orders. */
public final class OrderEndpoints {
    private static final int MOST_ITEMS = 20;
    private static final long MOST_OF_ONE = 100;
    private static final Pattern KEY = Pattern.compile("[!-~]{1,255}");
    private static final Pattern UUID_TEXT = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private final OrderStore store;
    private final Cursors cursors;

    public OrderEndpoints(OrderStore store, Cursors cursors) {
        this.store = store;
        this.cursors = cursors;
    }

    public Answer place(Request request, Caller caller) throws IOException {
        String key = idempotencyKey(request);
        var placed = store.place(caller.id(), key, wanted(request));
        Order order = placed.order();
        return (placed.isNew() ? Answer.created(order) : Answer.ok(order))
                .with("Location", "/orders/" + order.id())
                .tagged(order.version());
    }

    public Answer list(Request request, Caller caller) {
        var parameters = request.parameters();
        var filter = OrderFilter.of(parameters, caller);
        var page = Page.asked(parameters, cursors, filter, OrderStore.Place.class);
        return page.answer("orders", store.list(filter, page.after(), page.oneMore()), OrderStore.Place::of);
    }

    public Answer show(Request request, Caller caller) {
        UUID id = id(request);
        return shown(caller.role() == Role.CUSTOMER ? store.get(id, caller.id()) : store.get(id));
    }

    public Answer change(Request request, Caller caller) throws IOException {
        UUID id = id(request);
        var ifMatch = IfMatch.of(request);
        return shown(store.change(id, caller.id(), ifMatch, wanted(request)));
    }

    public Answer cancel(Request request, Caller caller) {
        return shown(store.cancel(id(request), caller.id()));
    }

    private static Answer shown(Order order) {
        return Answer.ok(order).tagged(order.version());
    }

    /** Null where there is none. */
    private static String idempotencyKey(Request request) {
        List<String> given = request.headers("Idempotency-Key");
        if (given.isEmpty()) {
            return null;
        }
        if (given.size() > 1 || !KEY.matcher(given.getFirst()).matches()) {
            throw Problem.invalid("The Idempotency-Key has to be 1 to 255 visible ASCII characters.");
        }
        return given.getFirst();
    }

    /** The quantities that the body asks for, by sku. */
    private static SortedMap<String, Long> wanted(Request request) throws IOException {
        List<Fields> items = request.body("items").list("items", "sku", "quantity");
        if (items.isEmpty() || items.size() > MOST_ITEMS) {
            throw Fields.invalid("items", "has to have 1 to " + MOST_ITEMS + " entries");
        }
        var wanted = new TreeMap<String, Long>();
        for (Fields item : items) {
            String sku = Product.sku(item);
            if (wanted.put(sku, item.integer("quantity", 1, MOST_OF_ONE)) != null) {
                throw Problem.invalid("The product " + sku + " is there twice.");
            }
        }
        return wanted;
    }

    /** UUID.fromString takes more than what is one. */
    private static UUID id(Request request) {
        String id = request.variable("id");
        if (!UUID_TEXT.matcher(id).matches()) {
            throw OrderRows.notFound();
        }
        return UUID.fromString(id);
    }
}
