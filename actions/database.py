"""The action server's database."""

from __future__ import annotations

from functools import lru_cache

from bot.storage import Database, database_url


@lru_cache(maxsize=1)
def the_database() -> Database:
    """The database of this process, opened at its first use."""
    return Database(database_url())
