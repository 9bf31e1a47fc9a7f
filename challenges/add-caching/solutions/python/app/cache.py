"""Loads what is not kept, once for all who ask for it at one moment."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Request

from app.keys import Key
from app.problems import Unavailable
from app.store import Entry, Found, Store, open_store

SIDE_BY_SIDE = 20

type Load = Callable[[], Awaitable[Any]]


class Wanted(NamedTuple):
    """Whoever comes after a write wants another version, and so shares no load from before it."""

    key: Key
    # None while Redis is in trouble.
    version: str | None


class SharedCache:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._loading: dict[Wanted, asyncio.Task[Entry]] = {}
        self._keeping: set[asyncio.Task[None]] = set()

    async def get(self, key: Key, load: Load) -> Any:
        (value,) = await self.get_all({key: load})
        return value

    async def get_all(self, loads: Mapping[Key, Load]) -> list[Any]:
        """What is kept of each key, or is loaded. What cannot be loaded may be older than fresh."""
        found = await self._store.read(loads.keys())
        entries = {
            key: one.entry for key, one in found.items() if one.entry and one.entry.is_fresh()
        }
        missing = {
            Wanted(key, found[key].version if key in found else None): load
            for key, load in loads.items()
            if key not in entries
        }
        self._start(
            {wanted: load for wanted, load in missing.items() if not self._is_shared(wanted)}
        )
        # Shielded, since who gives up must not end it for the others.
        loaded = await asyncio.gather(
            *(asyncio.shield(self._loading[wanted]) for wanted in missing)
        )
        entries |= {wanted.key: entry for wanted, entry in zip(missing, loaded, strict=True)}
        return [entries[key].value for key in loads]

    async def forget(self, *keys: Key) -> None:
        """After a write: nothing from before it is answered to anybody who asks from now on."""
        groups = {key.group for key in keys}
        await self._store.make_void(groups)
        # Only now, since what begins before that may still find the old entries.
        for wanted in [wanted for wanted in self._loading if wanted.key.group in groups]:
            del self._loading[wanted]

    def _is_shared(self, wanted: Wanted) -> bool:
        task = self._loading.get(wanted)
        if task is None or not task.done():
            return task is not None
        # It waits for others to be kept with it. A failure is over as soon as it has ended.
        return task.exception() is None and task.result().is_fresh()

    def _start(self, loads: Mapping[Wanted, Load]) -> None:
        if not loads:
            return
        # Read once more, since another load may have ended, and been kept, after the first time.
        reading = asyncio.create_task(self._store.read([wanted.key for wanted in loads]))
        limit = asyncio.Semaphore(SIDE_BY_SIDE)
        tasks = {
            wanted: asyncio.create_task(self._load(wanted.key, load, reading, limit))
            for wanted, load in loads.items()
        }
        self._loading |= tasks
        keeping = asyncio.create_task(self._keep(tasks, reading))
        self._keeping.add(keeping)
        keeping.add_done_callback(self._keeping.discard)

    async def _load(
        self,
        key: Key,
        load: Load,
        reading: asyncio.Task[dict[Key, Found]],
        limit: asyncio.Semaphore,
    ) -> Entry:
        last = _last(await reading, key)
        if last and last.is_fresh():
            return last
        async with limit:
            loaded_at = time.time()
            try:
                return Entry(await load(), loaded_at)
            except Unavailable:
                if last is None:
                    raise
                return last

    async def _keep(
        self, tasks: Mapping[Wanted, asyncio.Task[Entry]], reading: asyncio.Task[dict[Key, Found]]
    ) -> None:
        try:
            await asyncio.wait(tasks.values())
            found = reading.result()
            loaded = {
                wanted.key: task.result() for wanted, task in tasks.items() if not task.exception()
            }
            await self._store.keep(
                {key: entry for key, entry in loaded.items() if entry is not _last(found, key)},
                found,
            )
        finally:
            for wanted, task in tasks.items():
                if self._loading.get(wanted) is task:
                    del self._loading[wanted]


def _last(found: Mapping[Key, Found], key: Key) -> Entry | None:
    return found[key].entry if key in found else None


@asynccontextmanager
async def open_cache() -> AsyncIterator[SharedCache]:
    async with open_store() as store:
        yield SharedCache(store)


async def _cache(request: Request) -> SharedCache:
    return request.app.state.cache


Cache = Annotated[SharedCache, Depends(_cache)]
