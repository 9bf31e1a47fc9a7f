DISCOUNT_FROM_CENTS = 10_000
DISCOUNT_PERCENT = 10


def discount_on(subtotal_cents: int) -> int:
    """In whole cents, rounded half up."""
    if subtotal_cents < DISCOUNT_FROM_CENTS:
        return 0
    return (subtotal_cents * DISCOUNT_PERCENT + 50) // 100
