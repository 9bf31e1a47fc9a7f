from shop import Shop, at_once, new_name, ok, order_of, refused, statuses


def test_retry_is_the_same_order_and_takes_no_stock(shop: Shop) -> None:
    sku = shop.product(stock=10)
    body, key = order_of((sku, 3)), new_name("key")
    order = ok(shop.post("/orders", body, key), 201)
    assert ok(shop.post("/orders", body, key)) == order
    assert shop.stock_of(sku) == 7
    assert len(ok(shop.get("/orders", customer=body["customer"]))["orders"]) == 1


def test_orders_without_a_key_are_orders_of_their_own(shop: Shop) -> None:
    body = order_of((shop.product(), 1))
    first, second = (ok(shop.post("/orders", body), 201) for _ in range(2))
    assert first["id"] != second["id"]


def test_retry_shows_the_order_as_it_is_by_then(shop: Shop) -> None:
    body, key = order_of((shop.product(), 1)), new_name("key")
    order = ok(shop.post("/orders", body, key), 201)
    ok(shop.post(f"/orders/{order['id']}/pay"))
    assert ok(shop.post("/orders", body, key)) == order | {"status": "paid"}


def test_retry_is_answered_when_stock_has_run_out(shop: Shop) -> None:
    sku = shop.product(stock=2)
    body, key = order_of((sku, 2)), new_name("key")
    order = ok(shop.post("/orders", body, key), 201)
    assert ok(shop.post("/orders", body, key)) == order


def test_key_belongs_to_one_request(shop: Shop) -> None:
    sku = shop.product(stock=10)
    body, key = order_of((sku, 1)), new_name("key")
    ok(shop.post("/orders", body, key), 201)
    other_items = order_of((sku, 2), customer=body["customer"])
    other_customer = order_of((sku, 1))
    refused(shop.post("/orders", other_items, key), 409, "key_reused")
    refused(shop.post("/orders", other_customer, key), 409, "key_reused")
    assert shop.stock_of(sku) == 9


def test_refused_request_leaves_its_key_free(shop: Shop) -> None:
    sku = shop.product(stock=2)
    key = new_name("key")
    refused(shop.try_order((sku, 3), key=key), 409, "out_of_stock")
    shop.order((sku, 2), key=key)
    assert shop.stock_of(sku) == 0


def test_many_requests_with_one_key_make_one_order(shop: Shop) -> None:
    sku = shop.product(stock=100)
    body, key = order_of((sku, 1)), new_name("key")
    answers = at_once(lambda: shop.post("/orders", body, key))
    assert statuses(answers) == {201: 1, 200: len(answers) - 1}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert shop.stock_of(sku) == 99
