"""The service as its tests speak to it.

Every test makes products and customers of its own, so that none depends on what others have left.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self
from uuid import uuid4

import httpx

AT_ONCE = 12


def new_name(prefix: str) -> str:
    return f"{prefix}-{uuid4().hex[:12]}"


class Shop:
    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self._http.get(path, params=query)

    def post(self, path: str, body: Any = None, key: str | None = None) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        if body is None:
            return self._http.post(path, headers=headers)
        return self._http.post(path, json=body, headers=headers)

    def patch(self, path: str, body: Any) -> httpx.Response:
        return self._http.patch(path, json=body)

    def post_text(self, path: str, text: str) -> httpx.Response:
        return self._http.post(path, content=text, headers={"Content-Type": "application/json"})

    def product(self, price_cents: int = 500, stock: int = 1_000) -> str:
        """The sku of a new product."""
        sku = new_name("sku")
        body = {"sku": sku, "name": "Mug", "price_cents": price_cents, "stock": stock}
        ok(self.post("/products", body), 201)
        return sku

    def stock_of(self, sku: str) -> int:
        return ok(self.get(f"/products/{sku}"))["stock"]

    def order(
        self, *items: tuple[str, int], customer: str | None = None, key: str | None = None
    ) -> Any:
        """A new order of skus and quantities."""
        return ok(self.try_order(*items, customer=customer, key=key), 201)

    def try_order(
        self, *items: tuple[str, int], customer: str | None = None, key: str | None = None
    ) -> httpx.Response:
        return self.post("/orders", order_of(*items, customer=customer), key)

    def pages(self, **query: Any) -> Iterator[list[Any]]:
        """Page after page of a list."""
        cursor: dict[str, str] = {}
        while True:
            page = ok(self.get("/orders", **query, **cursor))
            yield page["orders"]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}


def order_of(*items: tuple[str, int], customer: str | None = None) -> dict[str, Any]:
    return {
        "customer": customer or new_name("customer"),
        "items": [{"sku": sku, "quantity": quantity} for sku, quantity in items],
    }


def ok(response: httpx.Response, status: int = 200) -> Any:
    """The answer's body, which has to have this status."""
    request = response.request
    said = f"{request.method} {request.url.path} answered {response.status_code}: {response.text}"
    assert response.status_code == status, f"{said}; expected {status}"
    return response.json()


def refused(response: httpx.Response, status: int, code: str) -> None:
    error = ok(response, status)["error"]
    assert error["code"] == code, f"the code is {error['code']}, expected {code}"
    assert isinstance(error["message"], str)


def at_once(ask: Callable[[], httpx.Response], times: int = AT_ONCE) -> list[httpx.Response]:
    """The answers to the same question, asked so many times at the same moment."""
    with ThreadPoolExecutor(times) as pool:
        asked = [pool.submit(ask) for _ in range(times)]
        return [one.result() for one in asked]


def statuses(responses: list[httpx.Response]) -> dict[int, int]:
    """How many answers there are of each status."""
    counts: dict[int, int] = {}
    for response in responses:
        counts[response.status_code] = counts.get(response.status_code, 0) + 1
    return counts
