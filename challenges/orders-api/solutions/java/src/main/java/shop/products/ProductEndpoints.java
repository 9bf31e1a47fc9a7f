package shop.products;

import java.io.IOException;
import shop.auth.Caller;
import shop.http.Answer;
import shop.http.Cursors;
import shop.http.Fields;
import shop.http.IfMatch;
import shop.http.Page;
import shop.http.Problem;
import shop.http.Request;

/** Answers requests about products. */
public final class ProductEndpoints {
    private final ProductStore store;
    private final Cursors cursors;

    public ProductEndpoints(ProductStore store, Cursors cursors) {
        this.store = store;
        this.cursors = cursors;
    }

    public Answer add(Request request, Caller caller) throws IOException {
        Fields fields = request.body("sku", "name", "price_cents", "stock");
        Product added = store.add(
                Product.sku(fields),
                Product.name(fields),
                Product.price(fields),
                fields.integer("stock", 0, Product.HIGHEST_STOCK));
        return Answer.created(added).with("Location", "/products/" + added.sku()).tagged(added.version());
    }

    public Answer list(Request request, Caller caller) {
        var parameters = request.parameters();
        var filter = ProductFilter.of(parameters);
        var page = Page.asked(parameters, cursors, filter, ProductStore.Place.class);
        return page.answer("products", store.list(filter, page.after(), page.oneMore()), ProductStore.Place::of);
    }

    public Answer show(Request request, Caller caller) {
        return shown(store.get(sku(request)));
    }

    public Answer change(Request request, Caller caller) throws IOException {
        String sku = sku(request);
        var ifMatch = IfMatch.of(request);
        Fields fields = request.body("name", "price_cents");
        String name = fields.has("name") ? Product.name(fields) : null;
        Long price = fields.has("price_cents") ? Product.price(fields) : null;
        if (name == null && price == null) {
            throw Problem.invalid("There is nothing to change: give name, price_cents or both.");
        }
        return shown(store.change(sku, ifMatch, name, price));
    }

    public Answer adjustStock(Request request, Caller caller) throws IOException {
        String sku = sku(request);
        long change = request.body("change").integer("change", -Product.HIGHEST_STOCK, Product.HIGHEST_STOCK);
        if (change == 0) {
            throw Fields.invalid("change", "has to be another number than 0");
        }
        return shown(store.adjustStock(sku, change));
    }

    private static Answer shown(Product product) {
        return Answer.ok(product).tagged(product.version());
    }

    /** Spares the database what cannot be a sku, some of which it could not even compare with. */
    private static String sku(Request request) {
        String sku = request.variable("sku");
        if (!Product.isSku(sku)) {
            throw Problem.notFound("There is no product of this sku.");
        }
        return sku;
    }
}
