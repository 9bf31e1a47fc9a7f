from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from orders_api.paging import Paging
from orders_api.requests import Body, Text

MAX_STOCK = 1_000_000

Sku = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Name = Annotated[Text, Field(min_length=1, max_length=200)]
PriceCents = Annotated[int, Field(ge=0, le=100_000_000)]
Stock = Annotated[int, Field(ge=0, le=MAX_STOCK)]


class NewProduct(Body):
    sku: Sku
    name: Name
    price_cents: PriceCents
    stock: Stock


class ProductChange(Body):
    name: Name | None = None
    price_cents: PriceCents | None = None

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        changes = self.model_dump(exclude_unset=True)
        if not changes or None in changes.values():
            raise ValueError("a change has a name, a price_cents or both, and neither is null")
        return self


class StockChange(Body):
    change: Annotated[int, Field(ge=-MAX_STOCK, le=MAX_STOCK)]

    @field_validator("change")
    @classmethod
    def changes_something(cls, change: int) -> int:
        if change == 0:
            raise ValueError("a change of 0 changes nothing")
        return change


class ProductFilter(Paging):
    sort: Literal["sku", "-sku", "price_cents", "-price_cents"] = "sku"
    q: Name | None = None
    min_price_cents: PriceCents | None = None
    max_price_cents: PriceCents | None = None
    in_stock: Literal["true", "false"] | None = None


class Product(BaseModel):
    sku: str
    name: str
    price_cents: int
    stock: int


class ProductPage(BaseModel):
    products: list[Product]
    next_cursor: str | None
