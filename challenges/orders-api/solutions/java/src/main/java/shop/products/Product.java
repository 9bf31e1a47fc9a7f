package shop.products;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.regex.Pattern;
import shop.http.Fields;

/** What is sold. Its version is another one after every change. */
public record Product(String sku, String name, long priceCents, long stock, @JsonIgnore long version) {
    static final long HIGHEST_PRICE = 100_000_000;
    /** By hand; what orders give back may lead above it. */
    static final long HIGHEST_STOCK = 1_000_000;
    static final int LONGEST_NAME = 200;

    private static final Pattern SKU = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    static boolean isSku(String text) {
        return SKU.matcher(text).matches();
    }

    public static String sku(Fields fields) {
        String sku = fields.text("sku");
        if (!isSku(sku)) {
            throw Fields.invalid("sku", "has to be 1 to 64 letters, digits, dots, hyphens or underscores");
        }
        return sku;
    }

    static String name(Fields fields) {
        String name = fields.text("name");
        if (!isOfLength(name, LONGEST_NAME)) {
            throw Fields.invalid("name", "has to have 1 to " + LONGEST_NAME + " characters");
        }
        return name;
    }

    static long price(Fields fields) {
        return fields.integer("price_cents", 0, HIGHEST_PRICE);
    }

    /** Counts code points: outside the BMP, String.length() counts a character twice. */
    static boolean isOfLength(String text, int longest) {
        int length = text.codePointCount(0, text.length());
        return length >= 1 && length <= longest;
    }
}
