package shop.orders;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import shop.http.Problem;
import shop.products.Product;

/** What an order is going to hold, and what that takes from stock, by sku: less than 0 is given back. */
record Basket(List<Item> items, Map<String, Long> taken) {
    /** Of the quantities wanted. What the order held before keeps its price. */
    static Basket of(SortedMap<String, Long> wanted, List<Item> before, Map<String, Product> products) {
        var prices = new HashMap<String, Long>();
        var taken = new HashMap<String, Long>();
        products.forEach((sku, product) -> prices.put(sku, product.priceCents()));
        for (Item item : before) {
            prices.put(item.sku(), item.unitPriceCents());
            taken.put(item.sku(), -item.quantity());
        }

        var items = new ArrayList<Item>();
        wanted.forEach((sku, quantity) -> {
            Product product = products.get(sku);
            if (product == null) {
                throw Problem.invalid("There is no product " + sku + ".");
            }
            if (taken.merge(sku, quantity, Long::sum) > product.stock()) {
                throw Problem.conflict("There is not enough of " + sku + " in stock.");
            }
            items.add(new Item(sku, quantity, prices.get(sku)));
        });
        return new Basket(items, taken);
    }
}
