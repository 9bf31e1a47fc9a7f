"""The prices, which are those of another team's service."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import aiohttp
from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from app.problems import Unavailable

TIMEOUT = aiohttp.ClientTimeout(total=2)
NO_ANSWER = "Pricing does not answer."


class _Price(BaseModel):
    model_config = ConfigDict(strict=True)

    cents: int


class PricingClient:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def price(self, sku: str, customer: str | None) -> int | None:
        """The customer's own price, else the list price, in cents. None if there is neither."""
        if customer is not None:
            own = await self._ask(f"/customers/{customer}/prices/{sku}")
            if own is not None:
                return own
        return await self._ask(f"/prices/{sku}")

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
async def open_client() -> AsyncIterator[PricingClient]:
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        yield PricingClient(session, os.environ["PRICING_URL"].rstrip("/"))


async def _client(request: Request) -> PricingClient:
    return request.app.state.pricing


Pricing = Annotated[PricingClient, Depends(_client)]
