"""The prices, which are those of another team's service."""

import os
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated

import aiohttp
from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from app import keys
from app.cache import SharedCache
from app.problems import Unavailable

TIMEOUT = aiohttp.ClientTimeout(total=2)
NO_ANSWER = "Pricing does not answer."


class _Price(BaseModel):
    model_config = ConfigDict(strict=True)

    cents: int


class PricingClient:
    def __init__(self, session: aiohttp.ClientSession, url: str, cache: SharedCache) -> None:
        self._session = session
        self._url = url
        self._cache = cache

    async def prices(self, skus: Collection[str], customer: str | None) -> dict[str, int | None]:
        """The customer's own prices, else the list prices, in cents. None if there is neither."""
        own = {} if customer is None else await self._own_prices(skus, customer)
        return own | await self._list_prices([sku for sku in skus if own.get(sku) is None])

    async def _own_prices(self, skus: Collection[str], customer: str) -> dict[str, int | None]:
        prices = await self._cache.get_all(
            {
                keys.own_price(sku, customer): partial(
                    self._ask, f"/customers/{customer}/prices/{sku}"
                )
                for sku in skus
            }
        )
        return dict(zip(skus, prices, strict=True))

    async def _list_prices(self, skus: Collection[str]) -> dict[str, int | None]:
        prices = await self._cache.get_all(
            {keys.list_price(sku): partial(self._ask, f"/prices/{sku}") for sku in skus}
        )
        return dict(zip(skus, prices, strict=True))

    async def _ask(self, path: str) -> int | None:
        try:
            async with self._session.get(self._url + path, allow_redirects=False) as response:
                if response.status == 404:
                    return None
                if response.status == 200:
                    return _Price.model_validate_json(await response.read()).cents
        except (aiohttp.ClientError, TimeoutError, ValidationError) as error:
            raise Unavailable(NO_ANSWER) from error
        raise Unavailable(NO_ANSWER)


@asynccontextmanager
async def open_client(cache: SharedCache) -> AsyncIterator[PricingClient]:
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        yield PricingClient(session, os.environ["PRICING_URL"].rstrip("/"), cache)


async def _client(request: Request) -> PricingClient:
    return request.app.state.pricing


Pricing = Annotated[PricingClient, Depends(_client)]
