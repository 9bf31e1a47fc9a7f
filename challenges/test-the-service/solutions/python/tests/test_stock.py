from shop import Shop, at_once, new_name, ok, refused, statuses


def test_order_takes_its_quantities(shop: Shop) -> None:
    mug, pot = shop.product(stock=10), shop.product(stock=5)
    shop.order((mug, 3), (pot, 2))
    assert (shop.stock_of(mug), shop.stock_of(pot)) == (7, 3)


def test_last_piece_can_be_ordered(shop: Shop) -> None:
    sku = shop.product(stock=2)
    shop.order((sku, 2))
    assert shop.stock_of(sku) == 0
    refused(shop.try_order((sku, 1)), 409, "out_of_stock")


def test_short_order_takes_nothing_and_leaves_no_order(shop: Shop) -> None:
    plenty, short = shop.product(stock=10), shop.product(stock=1)
    customer = new_name("customer")
    refused(shop.try_order((plenty, 4), (short, 2), customer=customer), 409, "out_of_stock")
    assert (shop.stock_of(plenty), shop.stock_of(short)) == (10, 1)
    assert ok(shop.get("/orders", customer=customer))["orders"] == []


def test_unknown_sku_takes_nothing(shop: Shop) -> None:
    known = shop.product(stock=10)
    refused(shop.try_order((known, 4), (new_name("none"), 1)), 422, "unknown_sku")
    assert shop.stock_of(known) == 10


def test_stock_is_never_sold_twice(shop: Shop) -> None:
    sku = shop.product(stock=5)
    answers = at_once(lambda: shop.try_order((sku, 1)))
    assert statuses(answers) == {201: 5, 409: len(answers) - 5}
    assert shop.stock_of(sku) == 0
