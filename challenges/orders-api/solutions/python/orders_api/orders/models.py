from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from orders_api.paging import Paging
from orders_api.products.models import Sku
from orders_api.requests import Body, Instant, Text


class WantedItem(Body):
    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=100)]


class WantedItems(Body):
    items: Annotated[list[WantedItem], Field(min_length=1, max_length=20)]

    @field_validator("items")
    @classmethod
    def names_each_product_once(cls, items: list[WantedItem]) -> list[WantedItem]:
        if len({item.sku for item in items}) < len(items):
            raise ValueError("a product may stand in one item only")
        return items

    def quantities(self) -> dict[str, int]:
        return {item.sku: item.quantity for item in self.items}


class Status(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class OrderFilter(Paging):
    sort: Literal["-created_at", "created_at"] = "-created_at"
    status: Status | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None
    customer_id: Text | None = None


class Item(BaseModel):
    sku: str
    quantity: int
    unit_price_cents: int


class Order(BaseModel):
    id: UUID
    customer_id: str
    status: Status
    items: list[Item]
    subtotal_cents: int
    discount_cents: int
    shipping_cents: int
    total_cents: int
    created_at: datetime
    version: Annotated[int, Field(exclude=True)]

    def quantities(self) -> dict[str, int]:
        return {item.sku: item.quantity for item in self.items}

    def prices(self) -> dict[str, int]:
        return {item.sku: item.unit_price_cents for item in self.items}


class OrderPage(BaseModel):
    orders: Sequence[Order]
    next_cursor: str | None
