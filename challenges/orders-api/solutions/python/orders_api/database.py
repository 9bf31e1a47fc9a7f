from pathlib import Path
from typing import Annotated

import asyncpg
from fastapi import Depends, Request

MIGRATIONS = Path(__file__).parent / "migrations"

# Any number, as long as nothing else in this database locks the same one.
MIGRATION_LOCK = 7_203_311


def open_pool(url: str) -> asyncpg.Pool:
    # Few connections are enough for one event loop, and each costs PostgreSQL a process.
    return asyncpg.create_pool(url, min_size=2, max_size=10, command_timeout=10)


async def migrate(pool: asyncpg.Pool) -> None:
    """Runs what is in `migrations/` and has not been run on this database, in the files' order."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", MIGRATION_LOCK)
        await connection.execute(
            "create table if not exists schema_migrations (name text primary key)"
        )
        done = {row["name"] for row in await connection.fetch("select name from schema_migrations")}
        for file in sorted(MIGRATIONS.glob("*.sql")):
            if file.name not in done:
                await connection.execute(file.read_text())
                await connection.execute("insert into schema_migrations values ($1)", file.name)


async def _pool(request: Request) -> asyncpg.Pool:
    return request.app.state.pool


Pool = Annotated[asyncpg.Pool, Depends(_pool)]
