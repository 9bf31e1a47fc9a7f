from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from orders_api.products.models import Sku
from orders_api.requests import Body


class NewItem(Body):
    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=100)]


class NewOrder(Body):
    items: Annotated[list[NewItem], Field(min_length=1, max_length=20)]

    @field_validator("items")
    @classmethod
    def names_each_product_once(cls, items: list[NewItem]) -> list[NewItem]:
        if len({item.sku for item in items}) < len(items):
            raise ValueError("a product may stand in one item only")
        return items

    def quantities(self) -> dict[str, int]:
        return {item.sku: item.quantity for item in self.items}


class Status(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Item(BaseModel):
    sku: str
    quantity: int
    unit_price_cents: int


class Order(BaseModel):
    id: UUID
    customer_id: str
    status: Status
    items: list[Item]
    total_cents: int
    created_at: datetime

    def quantities(self) -> dict[str, int]:
        return {item.sku: item.quantity for item in self.items}


class OrderPage(BaseModel):
    orders: list[Order]
    next_cursor: UUID | None
