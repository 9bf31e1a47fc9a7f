"""What is kept in Redis.

Each group of entries has a version, which a writer replaces. An entry counts only while its group
has the version that it was loaded under. So one write makes all entries of a group void, and who
began to load before it cannot keep what was loaded.

While Redis is in trouble, nothing is found and nothing is kept.
"""

import asyncio
import json
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.keys import FRESH, Key

log = logging.getLogger(__name__)

TIMEOUT = 0.4
# For so long Redis is not asked again after a failure.
PAUSE = 1.0
# Longer than any entry is kept, so that no entry outlives the version that made it void.
VERSION_SECONDS = 600

_KEEP = """
for i = 1, #KEYS / 2 do
    local entry, version = KEYS[2 * i - 1], KEYS[2 * i]
    if (redis.call('get', version) or '') == ARGV[3 * i - 2] then
        redis.call('set', entry, ARGV[3 * i - 1], 'px', ARGV[3 * i])
    end
end
"""


@dataclass(frozen=True)
class Entry:
    value: Any
    # Before the source was asked.
    loaded_at: float

    def is_fresh(self) -> bool:
        return time.time() - self.loaded_at < FRESH


@dataclass(frozen=True)
class Found:
    version: str
    entry: Entry | None


class Store:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._asked_for: set[Key] = set()
        self._reading: asyncio.Task[dict[Key, Found]] | None = None
        self._paused_until = 0.0
        self._missed_write_at = 0.0

    async def read(self, keys: Collection[Key]) -> dict[Key, Found]:
        """What there is of each key; nothing at all if Redis does not answer."""
        if not keys or self._is_paused():
            return {}
        if not self._asked_for:
            self._reading = asyncio.create_task(self._read_all())
        self._asked_for.update(keys)
        found = await asyncio.shield(self._reading)
        return {key: found[key] for key in keys if key in found}

    async def _read_all(self) -> dict[Key, Found]:
        """One command for all who have asked before it is sent. Who comes later begins another."""
        keys, self._asked_for = self._asked_for, set()
        names = [name for key in keys for name in (key.name, _version(key.group))]
        texts = await self._try(lambda: self._redis.mget(names))
        if texts is None:
            return {}
        return {
            key: Found(version or "", self._entry(text, version or ""))
            for key, text, version in zip(keys, texts[::2], texts[1::2], strict=True)
        }

    def _entry(self, text: str | None, version: str) -> Entry | None:
        if text is None:
            return None
        kept = json.loads(text)
        entry = Entry(kept["value"], kept["loaded_at"])
        if kept["version"] != version or entry.loaded_at <= self._missed_write_at:
            return None
        return entry

    async def keep(self, entries: Mapping[Key, Entry], found: Mapping[Key, Found]) -> None:
        """Keeps what was loaded after `found` was read."""
        names, values = [], []
        for key, entry in entries.items():
            left = entry.loaded_at + key.seconds - time.time()
            if key in found and left > 0:
                version = found[key].version
                text = json.dumps(
                    {"version": version, "loaded_at": entry.loaded_at, "value": entry.value}
                )
                names += [key.name, _version(key.group)]
                values += [version, text, int(left * 1000) + 1]
        if names and not self._is_paused():
            await self._try(lambda: self._redis.eval(_KEEP, len(names), *names, *values))

    async def make_void(self, groups: Collection[str]) -> None:
        """Tells Redis of a write, also while it is paused: it may be well again."""
        pipeline = self._redis.pipeline(transaction=False)
        for group in groups:
            pipeline.set(_version(group), secrets.token_hex(8), ex=VERSION_SECONDS)
        if await self._try(pipeline.execute) is None:
            # Redis still has what was before. It must not count when Redis is back.
            self._missed_write_at = time.time()

    def _is_paused(self) -> bool:
        return time.monotonic() < self._paused_until

    async def _try[T](self, command: Callable[[], Awaitable[T]]) -> T | None:
        try:
            # When this cancels a command, the client closes its connection: no other command can be
            # given the answer that comes late.
            async with asyncio.timeout(TIMEOUT):
                return await command()
        except (RedisError, OSError) as error:
            if not self._is_paused():
                log.warning("Redis is left alone for a while: %r", error)
            self._paused_until = time.monotonic() + PAUSE
            return None


def _version(group: str) -> str:
    return f"version:{group}"


@asynccontextmanager
async def open_store() -> AsyncIterator[Store]:
    pool = BlockingConnectionPool.from_url(
        os.environ["REDIS_URL"],
        max_connections=20,
        retry=Retry(NoBackoff(), 0),
        # Without push messages: a connection with something left to read is a bad one then.
        protocol=2,
        decode_responses=True,
    )
    async with Redis.from_pool(pool) as redis:
        yield Store(redis)
