const DISCOUNT_FROM = 100_000;
const DISCOUNT_PERCENT = 5;
const FREE_SHIPPING_FROM = 5_000;
const SHIPPING = 490;

/** What an order of these items costs. All in whole cents, so that nothing is ever rounded twice. */
export function amountsOf(items) {
  const subtotal = items.reduce((sum, item) => sum + item.quantity * item.unit_price_cents, 0);
  const discount =
    subtotal >= DISCOUNT_FROM ? Math.floor((subtotal * DISCOUNT_PERCENT + 50) / 100) : 0;
  const shipping = subtotal - discount >= FREE_SHIPPING_FROM ? 0 : SHIPPING;
  return {
    subtotal_cents: subtotal,
    discount_cents: discount,
    shipping_cents: shipping,
    total_cents: subtotal - discount + shipping,
  };
}
