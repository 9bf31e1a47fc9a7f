from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from orders_api.auth import Customer
from orders_api.database import Pool
from orders_api.orders import ordering, queries
from orders_api.orders.models import NewOrder, Order, OrderPage
from orders_api.problems import NotFound, Unprocessable

router = APIRouter(prefix="/orders")

IdempotencyKey = Annotated[str | None, Header(pattern=r"^[\x21-\x7e]{1,255}$")]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.post("", status_code=HTTPStatus.CREATED)
async def place_order(
    caller: Customer,
    new: NewOrder,
    pool: Pool,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Order:
    order, made = await ordering.place(pool, caller.id, new, idempotency_key)
    if not made:
        response.status_code = HTTPStatus.OK
    response.headers["Location"] = f"/orders/{order.id}"
    return order


@router.get("")
async def list_orders(
    caller: Customer, pool: Pool, limit: Limit = 20, cursor: UUID | None = None
) -> OrderPage:
    """The cursor is the id of the last order on the page before."""
    before = cursor and await queries.by_id(pool, caller.id, cursor)
    if cursor and before is None:
        raise Unprocessable("The cursor is not one of yours.")
    # One more than asked for tells whether there is a next page.
    orders = await queries.newest(pool, caller.id, before, limit + 1)
    page, more = orders[:limit], len(orders) > limit
    return OrderPage(orders=page, next_cursor=page[-1].id if more else None)


@router.get("/{order_id}")
async def get_order(order_id: str, caller: Customer, pool: Pool) -> Order:
    order = await queries.by_id(pool, caller.id, _uuid(order_id))
    if order is None:
        raise NotFound("There is no such order.")
    return order


@router.post("/{order_id}/cancel")
async def cancel_order(order_id: str, caller: Customer, pool: Pool) -> Order:
    return await ordering.cancel(pool, caller.id, _uuid(order_id))


def _uuid(text: str) -> UUID:
    # What is no UUID names no order either: 404, where a typed parameter would answer 422.
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such order.") from None
