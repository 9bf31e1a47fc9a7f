import pytest
from shop import Shop, new_name, ok, refused


def product(**changes: object) -> dict[str, object]:
    return {"sku": new_name("sku"), "name": "Mug", "price_cents": 1250, "stock": 8} | changes


def test_service_is_healthy(shop: Shop) -> None:
    assert shop.get("/health").status_code == 200


def test_new_product_is_answered_and_read_back(shop: Shop) -> None:
    body = product()
    made = ok(shop.post("/products", body), 201)
    read = ok(shop.get(f"/products/{body['sku']}"))
    assert {field: made[field] for field in body} == body
    assert {field: read[field] for field in body} == body


@pytest.mark.parametrize(
    "changes", [{"price_cents": 0, "stock": 0}, {"price_cents": 1_000_000, "stock": 100_000}]
)
def test_bounds_are_allowed(shop: Shop, changes: dict[str, object]) -> None:
    body = product(name="x" * 100, **changes)
    ok(shop.post("/products", body), 201)


def test_taken_sku_is_refused_and_changes_nothing(shop: Shop) -> None:
    body = product()
    ok(shop.post("/products", body), 201)
    refused(shop.post("/products", body | {"name": "Pot", "stock": 1}), 409, "sku_taken")
    kept = ok(shop.get(f"/products/{body['sku']}"))
    assert (kept["name"], kept["stock"]) == ("Mug", 8)


@pytest.mark.parametrize(
    "changes",
    [
        {"sku": ""},
        {"sku": "with space"},
        {"sku": "x" * 41},
        {"name": ""},
        {"name": "x" * 101},
        {"name": 7},
        {"price_cents": -1},
        {"price_cents": 1_000_001},
        {"price_cents": 2.5},
        {"price_cents": "3"},
        {"price_cents": True},
        {"stock": -1},
        {"stock": 100_001},
        {"stock": None},
        {"stock": False},
    ],
)
def test_broken_rules_are_refused(shop: Shop, changes: dict[str, object]) -> None:
    refused(shop.post("/products", product(**changes)), 422, "invalid")


@pytest.mark.parametrize("field", ["sku", "name", "price_cents", "stock"])
def test_missing_fields_are_refused(shop: Shop, field: str) -> None:
    body = product()
    del body[field]
    refused(shop.post("/products", body), 422, "invalid")


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "null"])
def test_what_is_no_object_is_refused(shop: Shop, text: str) -> None:
    refused(shop.post_text("/products", text), 422, "invalid")


def test_unknown_product_is_not_found(shop: Shop) -> None:
    refused(shop.get(f"/products/{new_name('none')}"), 404, "not_found")
    refused(shop.patch(f"/products/{new_name('none')}", {"stock": 1}), 404, "not_found")


def test_unknown_path_is_not_found(shop: Shop) -> None:
    refused(shop.get("/nowhere"), 404, "not_found")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"price_cents": 7}, (7, 8)),
        ({"stock": 3}, (1250, 3)),
        ({"price_cents": 0, "stock": 0}, (0, 0)),
    ],
)
def test_change_sets_what_it_names(
    shop: Shop, change: dict[str, int], expected: tuple[int, int]
) -> None:
    body = product()
    ok(shop.post("/products", body), 201)
    changed = ok(shop.patch(f"/products/{body['sku']}", change))
    read = ok(shop.get(f"/products/{body['sku']}"))
    assert (changed["price_cents"], changed["stock"]) == expected
    assert (read["price_cents"], read["stock"], read["name"]) == (*expected, "Mug")


@pytest.mark.parametrize(
    "change", [{}, {"price_cents": 7, "stock": -1}, {"price_cents": True, "stock": 3}]
)
def test_refused_change_changes_nothing(shop: Shop, change: dict[str, object]) -> None:
    body = product()
    ok(shop.post("/products", body), 201)
    refused(shop.patch(f"/products/{body['sku']}", change), 422, "invalid")
    read = ok(shop.get(f"/products/{body['sku']}"))
    assert (read["price_cents"], read["stock"]) == (1250, 8)
