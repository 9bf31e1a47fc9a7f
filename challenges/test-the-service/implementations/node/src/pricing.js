const DISCOUNT_FROM_CENTS = 10_000;
const DISCOUNT_PERCENT = 10;

/** What the items of an order cost. */
export function amounts(items) {
  const subtotal = items.reduce((sum, item) => sum + item.quantity * item.unitPriceCents, 0);
  const discount =
    subtotal >= DISCOUNT_FROM_CENTS ? Math.round((subtotal * DISCOUNT_PERCENT) / 100) : 0;
  return { subtotal, discount, total: subtotal - discount };
}
