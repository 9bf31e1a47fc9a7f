"""Pages of orders, the newest first.

A cursor says which order was the last one shown, so that new ones move nothing.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import islice

from orders.problems import invalid
from orders.reading import Page
from orders.shop import Order, Shop

MARK = "before:"


def page_of(shop: Shop, page: Page) -> tuple[list[Order], str | None]:
    """The orders of a page, and the cursor of the next one if there is one."""
    before = None if page.cursor is None else _number_in(page.cursor)
    matching = (
        order
        for order in shop.newest_first()
        if (before is None or order.number < before)
        and (page.customer is None or order.customer == page.customer)
        and (page.status is None or order.status == page.status)
    )
    # One more than is shown tells whether there is a next page.
    found = list(islice(matching, page.limit + 1))
    shown = found[: page.limit]
    return shown, _cursor(shown[-1].number) if len(found) > page.limit else None


def _cursor(number: int) -> str:
    return urlsafe_b64encode(f"{MARK}{number}".encode()).decode()


def _number_in(cursor: str) -> int:
    try:
        number = int(urlsafe_b64decode(cursor).decode().removeprefix(MARK))
    except ValueError:
        number = 0
    if cursor != _cursor(number):
        raise invalid("This cursor is not one of ours.")
    return number
