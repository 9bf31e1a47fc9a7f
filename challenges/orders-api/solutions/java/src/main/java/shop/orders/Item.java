package shop.orders;

/** A product in an order, at the price that it had when it came in. */
record Item(String sku, long quantity, long unitPriceCents) {}
