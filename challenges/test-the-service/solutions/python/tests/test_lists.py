from typing import Any

import pytest
from shop import Shop, new_name, ok, refused


def some_orders(shop: Shop, count: int, customer: str) -> list[str]:
    """The ids of new orders of a customer, the newest first."""
    sku = shop.product()
    ids = [shop.order((sku, 1), customer=customer)["id"] for _ in range(count)]
    return ids[::-1]


def ids(orders: list[Any]) -> list[str]:
    return [order["id"] for order in orders]


def test_list_shows_orders_as_they_are_the_newest_first(shop: Shop) -> None:
    customer = new_name("customer")
    made = some_orders(shop, 3, customer)
    ok(shop.post(f"/orders/{made[1]}/pay"))
    page = ok(shop.get("/orders", customer=customer))
    assert page["orders"] == [ok(shop.get(f"/orders/{order}")) for order in made]
    assert page["next_cursor"] is None


def test_list_without_parameters_has_orders_of_all(shop: Shop) -> None:
    one, other = some_orders(shop, 1, new_name("one")), some_orders(shop, 1, new_name("other"))
    assert ids(ok(shop.get("/orders"))["orders"])[:2] == other + one


def test_filters_work_alone_and_together(shop: Shop) -> None:
    customer, other = new_name("customer"), new_name("other")
    opened, paid, cancelled = some_orders(shop, 3, customer)
    (foreign,) = some_orders(shop, 1, other)
    ok(shop.post(f"/orders/{paid}/pay"))
    ok(shop.post(f"/orders/{foreign}/pay"))
    ok(shop.post(f"/orders/{cancelled}/cancel"))
    for status, expected in [("open", [opened]), ("paid", [paid]), ("cancelled", [cancelled])]:
        assert ids(ok(shop.get("/orders", customer=customer, status=status))["orders"]) == expected
    assert ids(ok(shop.get("/orders", status="paid"))["orders"])[:2] == [foreign, paid]
    assert ids(ok(shop.get("/orders", customer=customer, limit=1, status="paid"))["orders"]) == [
        paid
    ]
    assert ok(shop.get("/orders", customer=new_name("nobody")))["orders"] == []


def test_page_has_20_orders_unless_it_is_asked_for_others(shop: Shop) -> None:
    customer = new_name("customer")
    made = some_orders(shop, 21, customer)
    assert [ids(page) for page in shop.pages(customer=customer)] == [made[:20], made[20:]]
    assert [ids(page) for page in shop.pages(customer=customer, limit=50)] == [made]


@pytest.mark.parametrize(("count", "sizes"), [(5, [2, 2, 1]), (4, [2, 2])])
def test_pages_are_full_but_for_the_last(shop: Shop, count: int, sizes: list[int]) -> None:
    customer = new_name("customer")
    made = some_orders(shop, count, customer)
    pages = [ids(page) for page in shop.pages(customer=customer, limit=2)]
    assert [len(page) for page in pages] == sizes
    assert [order for page in pages for order in page] == made


def test_new_orders_move_nothing_between_pages(shop: Shop) -> None:
    customer = new_name("customer")
    made = some_orders(shop, 5, customer)
    seen: list[str] = []
    for page in shop.pages(customer=customer, limit=2):
        seen += ids(page)
        some_orders(shop, 1, customer)
    assert seen == made


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 51},
        {"limit": -1},
        {"limit": "two"},
        {"limit": "2.5"},
        {"status": "lost"},
        {"cursor": "not-a-cursor"},
    ],
)
def test_bad_parameters_are_refused(shop: Shop, query: dict[str, Any]) -> None:
    refused(shop.get("/orders", **query), 422, "invalid")
