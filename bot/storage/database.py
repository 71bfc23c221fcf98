"""The connection to the database: built when a process starts, never when a module is imported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

_MIGRATIONS = Path(__file__).with_name("migrations")
_DEFAULT_URL = "sqlite:///var/assistant.db"
_LOCK_PATIENCE = 5  # seconds that a writer waits for another before it gives up


def database_url() -> str:
    """The address of the database: `DATABASE_URL`, or a SQLite file below var/."""
    return os.environ.get("DATABASE_URL", _DEFAULT_URL)


def migrate(url: str, version: str = "head") -> None:
    """Brings the tables to the newest version; makes a SQLite file with its folder where there is none.

    Args:
        url: The database's address, such as `sqlite:///var/assistant.db`.
        version: Which version, the newest by default.
    """
    file = make_url(url).database
    if url.startswith("sqlite") and file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, version)


class Database:
    """One engine for a process, and a session for each unit of work."""

    def __init__(self, url: str | URL) -> None:
        self._engine = _engine(url)

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A session whose changes are on disk when the block ends, or not at all where it fails."""
        with Session(self._engine, future=True) as session, session.begin():
            yield session

    @property
    def engine(self) -> Engine:
        """The engine itself, for a library that makes its sessions alone."""
        return self._engine

    def close(self) -> None:
        """Gives the connections back."""
        self._engine.dispose()


def sqlite_engine(url: str | URL, synchronous: str = "FULL", **settings: Any) -> Engine:
    """An engine for a SQLite file that keeps its connections open: to open one takes longer than to write a row.

    Args:
        url: The database's address.
        synchronous: What a commit survives: FULL, the loss of power; NORMAL, the end of the process.
        **settings: Further settings of SQLAlchemy's `create_engine`.
    """
    arguments = {"timeout": _LOCK_PATIENCE, "check_same_thread": False}  # a pool gives each thread its own
    engine: Engine = create_engine(url, poolclass=QueuePool, connect_args=arguments, **settings)
    event.listen(engine, "connect", partial(_prepare_sqlite, synchronous))
    return engine


def _engine(url: str | URL) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        return sqlite_engine(url, future=True)
    return create_engine(url, future=True, pool_pre_ping=True, pool_size=5, max_overflow=5)


def _prepare_sqlite(synchronous: str, connection: Any, _record: Any) -> None:
    """Readers don't wait for the writer, what is deleted is overwritten, a commit is as safe as it was asked for."""
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON", f"synchronous={synchronous}"):
        connection.execute(f"PRAGMA {pragma}")
