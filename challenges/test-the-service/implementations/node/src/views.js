import { amounts } from './pricing.js';

export const showProduct = (product) => ({
  name: product.name,
  sku: product.sku,
  stock: product.stock,
  price_cents: product.priceCents,
  added_at: product.addedAt,
});

export function showOrder(order) {
  const { subtotal, discount, total } = amounts(order.items);
  return {
    id: order.id,
    status: order.status,
    created_at: order.createdAt,
    customer: order.customer,
    currency: 'EUR',
    items: order.items.map((item) => ({
      unit_price_cents: item.unitPriceCents,
      amount_cents: item.quantity * item.unitPriceCents,
      quantity: item.quantity,
      sku: item.sku,
    })),
    total_cents: total,
    discount_cents: discount,
    subtotal_cents: subtotal,
  };
}

export const showPage = ({ orders, nextCursor }) => ({
  next_cursor: nextCursor,
  count: orders.length,
  orders: orders.map(showOrder),
});
