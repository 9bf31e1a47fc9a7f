from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from orders_api.auth import Customer, Reader
from orders_api.conditions import IfMatch, etag
from orders_api.database import Pool
from orders_api.orders import ordering, queries
from orders_api.orders.models import Order, OrderFilter, OrderPage, WantedItems
from orders_api.problems import NotFound, Unprocessable, described

router = APIRouter(
    prefix="/orders",
    tags=["orders"],
    responses=described(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        Unprocessable.status,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
)

IdempotencyKey = Annotated[str | None, Header(pattern=r"^[\x21-\x7e]{1,255}$")]


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses={
        HTTPStatus.OK: {"model": Order, "description": "The order that this key has made before"},
        **described(HTTPStatus.CONFLICT),
    },
)
async def place_order(
    caller: Customer,
    new: WantedItems,
    pool: Pool,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Order:
    order, made = await ordering.place(pool, caller.id, new, idempotency_key)
    if not made:
        response.status_code = HTTPStatus.OK
    response.headers["Location"] = f"/orders/{order.id}"
    return _shown(response, order)


@router.get("")
async def list_orders(
    caller: Reader, pool: Pool, wanted: Annotated[OrderFilter, Query()]
) -> OrderPage:
    return await queries.page(pool, caller.sees_orders_of, wanted)


@router.get("/{order_id}", responses=described(HTTPStatus.NOT_FOUND))
async def get_order(order_id: str, caller: Reader, pool: Pool, response: Response) -> Order:
    order = await queries.by_id(pool, caller.sees_orders_of, _uuid(order_id))
    if order is None:
        raise NotFound("There is no such order.")
    return _shown(response, order)


@router.patch(
    "/{order_id}",
    responses=described(
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.PRECONDITION_REQUIRED,
    ),
)
async def change_order(
    order_id: str,
    caller: Customer,
    wanted: WantedItems,
    condition: IfMatch,
    pool: Pool,
    response: Response,
) -> Order:
    order = await ordering.change(pool, caller.id, _uuid(order_id), wanted, condition)
    return _shown(response, order)


@router.post("/{order_id}/cancel", responses=described(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
async def cancel_order(order_id: str, caller: Customer, pool: Pool, response: Response) -> Order:
    return _shown(response, await ordering.cancel(pool, caller.id, _uuid(order_id)))


def _shown(response: Response, order: Order) -> Order:
    response.headers["ETag"] = etag(order.version)
    return order


def _uuid(text: str) -> UUID:
    # What is no UUID names no order either: 404, where a typed parameter would answer 422.
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such order.") from None
