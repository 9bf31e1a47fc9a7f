from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from orders_api.requests import Body

Sku = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
# PostgreSQL stores any text but U+0000.
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
PriceCents = Annotated[int, Field(ge=0, le=100_000_000)]
Stock = Annotated[int, Field(ge=0, le=1_000_000)]


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


class Product(BaseModel):
    sku: str
    name: str
    price_cents: int
    stock: int
