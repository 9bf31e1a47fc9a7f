package shop.products;

import shop.database.Conditions;
import shop.http.Parameters;

/** Which products are listed, in which order; what is not asked for is null. */
record ProductFilter(String sort, String q, Long least, Long most, Boolean inStock) {
    static ProductFilter of(Parameters parameters) {
        return new ProductFilter(
                parameters.oneOf("sort", "sku", "-sku", "price_cents", "-price_cents").orElse("sku"),
                parameters.text("q").map(ProductFilter::search).orElse(null),
                parameters.integer("min_price_cents", 0, Product.HIGHEST_PRICE).orElse(null),
                parameters.integer("max_price_cents", 0, Product.HIGHEST_PRICE).orElse(null),
                parameters.oneOf("in_stock", "true", "false").map(Boolean::valueOf).orElse(null));
    }

    private static String search(String text) {
        if (!Product.isOfLength(text, Product.LONGEST_NAME)) {
            throw Parameters.invalid("q", "has to have 1 to " + Product.LONGEST_NAME + " characters");
        }
        return text;
    }

    Conditions conditions() {
        var conditions = new Conditions();
        // In the collation "C" only ASCII letters have an upper and a lower case.
        conditions.addIfGiven("strpos(lower(name collate \"C\"), lower(? collate \"C\")) > 0", q);
        conditions.addIfGiven("price_cents >= ?", least);
        conditions.addIfGiven("price_cents <= ?", most);
        conditions.addIfGiven("(stock > 0) = ?", inStock);
        return conditions;
    }

    boolean isByPrice() {
        return sort.endsWith("price_cents");
    }

    boolean isDescending() {
        return sort.startsWith("-");
    }
}
