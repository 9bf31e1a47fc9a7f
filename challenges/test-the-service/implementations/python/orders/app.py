from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from orders import problems
from orders.paging import page_of
from orders.reading import read_change, read_order, read_page, read_product
from orders.shop import Order, Product, Shop


def create_app() -> Starlette:
    app = Starlette(
        routes=[
            Route("/health", health, methods=["GET"]),
            Route("/products", add_product, methods=["POST"]),
            Route("/products/{sku}", show_product, methods=["GET"]),
            Route("/products/{sku}", change_product, methods=["PATCH"]),
            Route("/orders", place_order, methods=["POST"]),
            Route("/orders", list_orders, methods=["GET"]),
            Route("/orders/{order_id}", show_order, methods=["GET"]),
            Route("/orders/{order_id}/pay", pay_order, methods=["POST"]),
            Route("/orders/{order_id}/cancel", cancel_order, methods=["POST"]),
        ],
        exception_handlers={
            problems.Problem: problems.refuse,
            404: problems.no_such_path,
            405: problems.no_such_method,
        },
    )
    # A path with a slash at its end is another path, and not there.
    app.router.redirect_slashes = False
    app.state.shop = Shop()
    return app


async def health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


async def add_product(request: Request) -> JSONResponse:
    new = await read_product(request)
    return JSONResponse(shown_product(_shop(request).add_product(new)), 201)


async def show_product(request: Request) -> JSONResponse:
    return JSONResponse(shown_product(_shop(request).product(request.path_params["sku"])))


async def change_product(request: Request) -> JSONResponse:
    change = await read_change(request)
    product = _shop(request).change_product(request.path_params["sku"], change)
    return JSONResponse(shown_product(product))


async def place_order(request: Request) -> JSONResponse:
    new = await read_order(request)
    shop = _shop(request)
    key = request.headers.get("Idempotency-Key")
    if key is not None and (order := shop.made_with(key, new)):
        return JSONResponse(shown_order(order), 200)
    return JSONResponse(shown_order(shop.place(new, key)), 201)


async def list_orders(request: Request) -> JSONResponse:
    orders, next_cursor = page_of(_shop(request), read_page(request.query_params))
    return JSONResponse(
        {"orders": [shown_order(order) for order in orders], "next_cursor": next_cursor}
    )


async def show_order(request: Request) -> JSONResponse:
    return JSONResponse(shown_order(_shop(request).order(request.path_params["order_id"])))


async def pay_order(request: Request) -> JSONResponse:
    return JSONResponse(shown_order(_shop(request).pay(request.path_params["order_id"])))


async def cancel_order(request: Request) -> JSONResponse:
    return JSONResponse(shown_order(_shop(request).cancel(request.path_params["order_id"])))


def shown_product(product: Product) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "name": product.name,
        "price_cents": product.price_cents,
        "stock": product.stock,
    }


def shown_order(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "customer": order.customer,
        "status": order.status,
        "items": [
            {
                "sku": item.sku,
                "quantity": item.quantity,
                "unit_price_cents": item.unit_price_cents,
            }
            for item in order.items
        ],
        "subtotal_cents": order.subtotal_cents,
        "discount_cents": order.discount_cents,
        "total_cents": order.total_cents,
        "created_at": order.created_at.isoformat(),
    }


def _shop(request: Request) -> Shop:
    return request.app.state.shop
