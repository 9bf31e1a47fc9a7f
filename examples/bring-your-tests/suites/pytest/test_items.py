import uuid

import pytest


def test_a_new_item_is_read_back(api, name):
    created = api.post("/items", json={"name": name, "quantity": 3})
    assert created.status_code == 201
    item = created.json()
    assert created.headers["Location"] == f"/items/{item['id']}"

    read = api.get(f"/items/{item['id']}")
    assert read.status_code == 200
    assert read.json() == {"id": item["id"], "name": name, "quantity": 3}


def test_an_unknown_item_is_not_found(api):
    assert api.get(f"/items/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_wrong_quantity_is_refused(api, name, quantity):
    answer = api.post("/items", json={"name": name, "quantity": quantity})
    assert answer.status_code == 422
