"""The names of what is kept. No sku, category or customer has a colon, so no two are alike."""

from dataclasses import dataclass

# Seconds for which an answer from what is kept is as good as one from the source.
FRESH = 9
# Seconds for which a price is better than none.
LAST_PRICE = 300


@dataclass(frozen=True)
class Key:
    name: str
    # What a writer changes as a whole.
    group: str
    seconds: int


def product(sku: str) -> Key:
    return Key(f"product:{sku}", f"product:{sku}", FRESH)


def category(category: str) -> Key:
    return Key(f"category:{category}", f"category:{category}", FRESH)


def list_price(sku: str) -> Key:
    return Key(f"price:{sku}", f"prices:{sku}", LAST_PRICE)


def own_price(sku: str, customer: str) -> Key:
    return Key(f"price:{sku}:{customer}", f"prices:{sku}", LAST_PRICE)
