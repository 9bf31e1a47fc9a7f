"""Reads what clients send, and refuses what breaks a rule."""

import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request

from orders.problems import invalid

SKU = re.compile(r"[A-Za-z0-9_-]{1,40}")
WHOLE = re.compile(r"-?[0-9]{1,9}")
STATUSES = ("open", "paid", "cancelled")

MAX_PRICE = 1_000_000
MAX_STOCK = 100_000
MAX_ITEMS = 20
MAX_QUANTITY = 100
MAX_LIMIT = 50
DEFAULT_LIMIT = 20


@dataclass(frozen=True)
class NewProduct:
    sku: str
    name: str
    price_cents: int
    stock: int


@dataclass(frozen=True)
class Change:
    """What is to be changed of a product; none where it stays as it is."""

    price_cents: int | None
    stock: int | None


@dataclass(frozen=True)
class Wanted:
    sku: str
    quantity: int


@dataclass(frozen=True)
class NewOrder:
    customer: str
    items: tuple[Wanted, ...]


@dataclass(frozen=True)
class Page:
    customer: str | None
    status: str | None
    limit: int
    cursor: str | None


async def read_product(request: Request) -> NewProduct:
    body = await _read_object(request)
    return NewProduct(
        sku=_sku(body.get("sku")),
        name=_text(body, "name"),
        price_cents=_whole(body, "price_cents", 0, MAX_PRICE),
        stock=_whole(body, "stock", 0, MAX_STOCK),
    )


async def read_change(request: Request) -> Change:
    body = await _read_object(request)
    if "price_cents" not in body and "stock" not in body:
        raise invalid("Name price_cents, stock or both.")
    price = _whole(body, "price_cents", 0, MAX_PRICE) if "price_cents" in body else None
    stock = _whole(body, "stock", 0, MAX_STOCK) if "stock" in body else None
    return Change(price, stock)


async def read_order(request: Request) -> NewOrder:
    body = await _read_object(request)
    customer = _text(body, "customer")
    items = body.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_ITEMS:
        raise invalid(f"items has to be a list of 1 to {MAX_ITEMS}.")
    wanted = tuple(_wanted(item) for item in items)
    if len({item.sku for item in wanted}) < len(wanted):
        raise invalid("Each sku may stand in items only once.")
    return NewOrder(customer, wanted)


def read_page(query: QueryParams) -> Page:
    status = query.get("status")
    if status is not None and status not in STATUSES:
        raise invalid("status has to be one of " + ", ".join(STATUSES) + ".")
    return Page(query.get("customer"), status, _limit(query.get("limit")), query.get("cursor"))


async def _read_object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise invalid("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise invalid("The body has to be a JSON object.")
    return body


def _wanted(item: Any) -> Wanted:
    if not isinstance(item, dict):
        raise invalid("Each of items has to be an object.")
    return Wanted(_sku(item.get("sku")), _whole(item, "quantity", 1, MAX_QUANTITY))


def _sku(value: Any) -> str:
    if not isinstance(value, str) or not SKU.fullmatch(value):
        raise invalid("sku has to be 1 to 40 letters, digits, hyphens and underscores.")
    return value


def _text(body: dict[str, Any], field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str) or not 1 <= len(value) <= 100:
        raise invalid(f"{field} has to be a text of 1 to 100 characters.")
    return value


def _whole(body: dict[str, Any], field: str, least: int, most: int) -> int:
    value = body.get(field)
    # In Python, True is an int as well.
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid(f"{field} has to be a whole number.")
    if not least <= value <= most:
        raise invalid(f"{field} has to be between {least} and {most}.")
    return value


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not WHOLE.fullmatch(text) or not 1 <= int(text) <= MAX_LIMIT:
        raise invalid(f"limit has to be a whole number from 1 to {MAX_LIMIT}.")
    return int(text)
