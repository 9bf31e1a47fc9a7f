import os

import asyncpg


def open_pool() -> asyncpg.Pool:
    return asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=2, max_size=10)


async def migrate(pool: asyncpg.Pool) -> None:
    """The tables of the brief are there. What you want beside them goes here, and runs at start."""
