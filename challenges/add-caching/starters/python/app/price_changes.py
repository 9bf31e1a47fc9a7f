from http import HTTPStatus

from fastapi import APIRouter

from app.rules import Body, Identifier

router = APIRouter(prefix="/price-changes")


class PriceChange(Body):
    sku: Identifier


@router.post("", status_code=HTTPStatus.NO_CONTENT)
async def price_changed(_: PriceChange) -> None:
    """Nothing to do: no price is kept."""
