from shop import Shop, at_once, ok, refused, statuses


def test_open_order_is_paid_once(shop: Shop) -> None:
    sku = shop.product(stock=10)
    order = shop.order((sku, 4))
    path = f"/orders/{order['id']}"
    assert ok(shop.post(f"{path}/pay")) == order | {"status": "paid"}
    assert ok(shop.get(path))["status"] == "paid"
    refused(shop.post(f"{path}/pay"), 409, "wrong_state")
    assert shop.stock_of(sku) == 6


def test_cancelling_gives_the_stock_of_all_items_back_once(shop: Shop) -> None:
    mug, pot = shop.product(stock=10), shop.product(stock=5)
    order = shop.order((mug, 4), (pot, 5))
    path = f"/orders/{order['id']}"
    assert ok(shop.post(f"{path}/cancel")) == order | {"status": "cancelled"}
    assert ok(shop.get(path))["status"] == "cancelled"
    assert (shop.stock_of(mug), shop.stock_of(pot)) == (10, 5)
    refused(shop.post(f"{path}/cancel"), 409, "wrong_state")
    assert (shop.stock_of(mug), shop.stock_of(pot)) == (10, 5)


def test_paid_order_cannot_be_cancelled(shop: Shop) -> None:
    sku = shop.product(stock=10)
    path = f"/orders/{shop.order((sku, 4))['id']}"
    ok(shop.post(f"{path}/pay"))
    refused(shop.post(f"{path}/cancel"), 409, "wrong_state")
    assert ok(shop.get(path))["status"] == "paid"
    assert shop.stock_of(sku) == 6


def test_cancelled_order_cannot_be_paid(shop: Shop) -> None:
    path = f"/orders/{shop.order((shop.product(), 1))['id']}"
    ok(shop.post(f"{path}/cancel"))
    refused(shop.post(f"{path}/pay"), 409, "wrong_state")
    assert ok(shop.get(path))["status"] == "cancelled"


def test_of_many_cancellations_at_once_one_counts(shop: Shop) -> None:
    sku = shop.product(stock=10)
    path = f"/orders/{shop.order((sku, 3))['id']}/cancel"
    answers = at_once(lambda: shop.post(path))
    assert statuses(answers) == {200: 1, 409: len(answers) - 1}
    assert shop.stock_of(sku) == 10
