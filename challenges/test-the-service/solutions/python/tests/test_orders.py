from datetime import datetime
from typing import Any

import pytest
from shop import Shop, new_name, ok, order_of, refused


def test_new_order_has_every_field(shop: Shop) -> None:
    mug, pot = shop.product(price_cents=1250), shop.product(price_cents=6255)
    customer = new_name("ada")
    order = shop.order((mug, 3), (pot, 1), customer=customer)
    assert isinstance(order["id"], str) and order["id"]
    assert (order["customer"], order["status"]) == (customer, "open")
    items = [(item["sku"], item["quantity"], item["unit_price_cents"]) for item in order["items"]]
    assert items == [(mug, 3, 1250), (pot, 1, 6255)]
    assert (order["subtotal_cents"], order["discount_cents"], order["total_cents"]) == (
        10_005,
        1_001,
        9_004,
    )
    assert datetime.fromisoformat(order["created_at"]).tzinfo is not None


def test_order_is_read_as_it_was_answered(shop: Shop) -> None:
    order = shop.order((shop.product(), 2))
    assert ok(shop.get(f"/orders/{order['id']}")) == order


def test_unknown_orders_are_not_found(shop: Shop) -> None:
    unknown = new_name("none")
    refused(shop.get(f"/orders/{unknown}"), 404, "not_found")
    refused(shop.post(f"/orders/{unknown}/pay"), 404, "not_found")
    refused(shop.post(f"/orders/{unknown}/cancel"), 404, "not_found")


def test_prices_are_those_of_the_moment_of_the_order(shop: Shop) -> None:
    sku = shop.product(price_cents=300)
    order = shop.order((sku, 2))
    ok(shop.patch(f"/products/{sku}", {"price_cents": 999}))
    assert ok(shop.get(f"/orders/{order['id']}")) == order
    assert shop.order((sku, 1))["subtotal_cents"] == 999


@pytest.mark.parametrize(
    ("price", "quantity", "discount"),
    [
        (9_999, 1, 0),
        (10_000, 1, 1_000),
        (5_000, 2, 1_000),
        (10_001, 1, 1_000),
        (10_004, 1, 1_000),
        (10_005, 1, 1_001),
        (10_015, 1, 1_002),
        (10_025, 1, 1_003),
        (333_335, 3, 100_001),
        (0, 100, 0),
    ],
)
def test_discount(shop: Shop, price: int, quantity: int, discount: int) -> None:
    order = shop.order((shop.product(price_cents=price), quantity))
    subtotal = price * quantity
    assert order["subtotal_cents"] == subtotal
    assert order["discount_cents"] == discount
    assert order["total_cents"] == subtotal - discount


@pytest.mark.parametrize("quantity", [0, -1, 101, 2.5, "3", True, None])
def test_quantities_out_of_bounds_are_refused(shop: Shop, quantity: Any) -> None:
    sku = shop.product()
    refused(shop.post("/orders", order_of((sku, quantity))), 422, "invalid")
    assert shop.stock_of(sku) == 1_000


@pytest.mark.parametrize("quantity", [1, 100])
def test_quantities_at_their_bounds_are_allowed(shop: Shop, quantity: int) -> None:
    shop.order((shop.product(), quantity))


@pytest.mark.parametrize(
    "changes",
    [{"customer": ""}, {"customer": "x" * 101}, {"customer": 7}, {"items": []}, {"items": "x"}],
)
def test_broken_orders_are_refused(shop: Shop, changes: dict[str, object]) -> None:
    refused(shop.post("/orders", order_of((shop.product(), 1)) | changes), 422, "invalid")


@pytest.mark.parametrize("field", ["customer", "items"])
def test_missing_fields_are_refused(shop: Shop, field: str) -> None:
    body = order_of((shop.product(), 1))
    del body[field]
    refused(shop.post("/orders", body), 422, "invalid")


def test_up_to_20_items_are_allowed(shop: Shop) -> None:
    skus = [shop.product() for _ in range(21)]
    assert len(shop.order(*((sku, 1) for sku in skus[:20]))["items"]) == 20
    refused(shop.try_order(*((sku, 1) for sku in skus)), 422, "invalid")


def test_a_sku_stands_in_an_order_once(shop: Shop) -> None:
    sku = shop.product()
    refused(shop.try_order((sku, 1), (sku, 2)), 422, "invalid")
    assert shop.stock_of(sku) == 1_000
