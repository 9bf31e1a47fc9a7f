package shop.orders;

import java.util.List;

/** What an order costs. */
record Amounts(long subtotalCents, long discountCents, long shippingCents, long totalCents) {
    private static final long DISCOUNT_FROM = 100_000;
    private static final long DISCOUNT_PERCENT = 5;
    private static final long SHIPPING_FREE_FROM = 5_000;
    private static final long SHIPPING = 490;

    static Amounts of(List<Item> items) {
        return of(items.stream().mapToLong(item -> item.quantity() * item.unitPriceCents()).sum());
    }

    static Amounts of(long subtotal) {
        // Half a cent is rounded up.
        long discount = subtotal >= DISCOUNT_FROM ? (subtotal * DISCOUNT_PERCENT + 50) / 100 : 0;
        long shipping = subtotal - discount >= SHIPPING_FREE_FROM ? 0 : SHIPPING;
        return new Amounts(subtotal, discount, shipping, subtotal - discount + shipping);
    }
}
