"""The shop: what there is, and what may be done with it.

Each method runs from its beginning to its end without another one in between: there is one thread,
and none of them awaits anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from orders.pricing import discount_on
from orders.problems import Problem, conflict, not_found
from orders.reading import Change, NewOrder, NewProduct


@dataclass
class Product:
    sku: str
    name: str
    price_cents: int
    stock: int


@dataclass(frozen=True)
class Item:
    sku: str
    quantity: int
    unit_price_cents: int


@dataclass
class Order:
    id: str
    number: int
    customer: str
    items: tuple[Item, ...]
    created_at: datetime
    status: str = "open"

    @property
    def subtotal_cents(self) -> int:
        return sum(item.quantity * item.unit_price_cents for item in self.items)

    @property
    def discount_cents(self) -> int:
        return discount_on(self.subtotal_cents)

    @property
    def total_cents(self) -> int:
        return self.subtotal_cents - self.discount_cents


@dataclass(frozen=True)
class Keyed:
    """What an idempotency key was first used for."""

    asked: NewOrder
    order: Order


class Shop:
    def __init__(self) -> None:
        self._products: dict[str, Product] = {}
        self._orders: dict[str, Order] = {}
        self._keys: dict[str, Keyed] = {}

    def add_product(self, new: NewProduct) -> Product:
        if new.sku in self._products:
            raise conflict("sku_taken", f"There is a product {new.sku} already.")
        product = Product(new.sku, new.name, new.price_cents, new.stock)
        self._products[new.sku] = product
        return product

    def product(self, sku: str) -> Product:
        if sku not in self._products:
            raise not_found(f"product {sku}")
        return self._products[sku]

    def change_product(self, sku: str, change: Change) -> Product:
        product = self.product(sku)
        if change.price_cents is not None:
            product.price_cents = change.price_cents
        if change.stock is not None:
            product.stock = change.stock
        return product

    def made_with(self, key: str, asked: NewOrder) -> Order | None:
        """The order that this key has made, if it has made one."""
        keyed = self._keys.get(key)
        if keyed is None:
            return None
        if keyed.asked != asked:
            raise conflict("key_reused", "This key was used for another order.")
        return keyed.order

    def place(self, new: NewOrder, key: str | None) -> Order:
        self._check_stock(new)
        items = []
        for wanted in new.items:
            product = self._products[wanted.sku]
            product.stock -= wanted.quantity
            items.append(Item(wanted.sku, wanted.quantity, product.price_cents))
        number = len(self._orders) + 1
        order = Order(str(uuid4()), number, new.customer, tuple(items), datetime.now(UTC))
        self._orders[order.id] = order
        if key is not None:
            self._keys[key] = Keyed(new, order)
        return order

    def _check_stock(self, new: NewOrder) -> None:
        for wanted in new.items:
            product = self._products.get(wanted.sku)
            if product is None:
                raise Problem(422, "unknown_sku", f"There is no product {wanted.sku}.")
            if product.stock < wanted.quantity:
                raise conflict("out_of_stock", f"{product.stock} of {wanted.sku} are left.")

    def order(self, order_id: str) -> Order:
        if order_id not in self._orders:
            raise not_found(f"order {order_id}")
        return self._orders[order_id]

    def pay(self, order_id: str) -> Order:
        order = self._open_order(order_id)
        order.status = "paid"
        return order

    def cancel(self, order_id: str) -> Order:
        order = self._open_order(order_id)
        order.status = "cancelled"
        for item in order.items:
            self._products[item.sku].stock += item.quantity
        return order

    def _open_order(self, order_id: str) -> Order:
        order = self.order(order_id)
        if order.status != "open":
            raise conflict("wrong_state", f"The order is {order.status}.")
        return order

    def newest_first(self) -> Iterator[Order]:
        return reversed(self._orders.values())
