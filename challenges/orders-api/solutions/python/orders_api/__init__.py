"""Orders for a shop: products in stock, orders that take from it, cancellations that give back."""
