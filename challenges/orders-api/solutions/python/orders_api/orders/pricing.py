"""What an order costs, in whole cents throughout."""

from collections.abc import Iterable
from dataclasses import dataclass

from orders_api.orders.models import Item

DISCOUNT_FROM_CENTS = 100_000
DISCOUNT_PERCENT = 5
FREE_SHIPPING_FROM_CENTS = 5_000
SHIPPING_CENTS = 490


@dataclass(frozen=True, slots=True)
class Amounts:
    subtotal_cents: int
    discount_cents: int
    shipping_cents: int

    @property
    def total_cents(self) -> int:
        return self.subtotal_cents - self.discount_cents + self.shipping_cents

    @classmethod
    def of(cls, items: Iterable[Item]) -> "Amounts":
        subtotal = sum(item.quantity * item.unit_price_cents for item in items)
        discount = _discount(subtotal)
        free = subtotal - discount >= FREE_SHIPPING_FROM_CENTS
        return cls(subtotal, discount, 0 if free else SHIPPING_CENTS)


def _discount(subtotal: int) -> int:
    if subtotal < DISCOUNT_FROM_CENTS:
        return 0
    # Half a cent is rounded up: 50 is half of the 100 that is divided by.
    return (subtotal * DISCOUNT_PERCENT + 50) // 100
