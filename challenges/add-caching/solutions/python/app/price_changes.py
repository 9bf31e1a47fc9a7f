from http import HTTPStatus

from fastapi import APIRouter

from app import keys
from app.cache import Cache
from app.rules import Body, Identifier

router = APIRouter(prefix="/price-changes")


class PriceChange(Body):
    sku: Identifier


@router.post("", status_code=HTTPStatus.NO_CONTENT)
async def price_changed(cache: Cache, change: PriceChange) -> None:
    """The list price or any customer's own: they are one group."""
    await cache.forget(keys.list_price(change.sku))
