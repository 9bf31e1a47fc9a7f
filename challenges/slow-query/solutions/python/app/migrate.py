"""Runs what is in `migrations/` and has not been run on this database, in the files' order.

A file of several statements is one transaction. What cannot be part of a transaction, such as
`create index concurrently`, needs a file of its own.
"""

import asyncio
import os
from pathlib import Path

import asyncpg

MIGRATIONS = Path(__file__).parent.parent / "migrations"


async def migrate() -> None:
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    try:
        await connection.execute(
            "create table if not exists schema_migrations (name text primary key)"
        )
        done = {row["name"] for row in await connection.fetch("select name from schema_migrations")}
        for file in sorted(MIGRATIONS.glob("*.sql")):
            if file.name not in done:
                print(f"Running {file.name}", flush=True)
                await connection.execute(file.read_text())
                await connection.execute("insert into schema_migrations values ($1)", file.name)
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(migrate())
