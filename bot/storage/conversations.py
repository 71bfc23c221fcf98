"""The log of conversations, which Rasa's tracker store keeps: here only to delete from it and to encrypt it anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import URL, Connection, make_url

from bot.storage.columns import EventText

_EVENTS = Table(
    "events",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("sender_id", String(255)),
    Column("timestamp", Float),
    Column("data", EventText),
)


class TrackerStoreError(ValueError):
    """The endpoints file names no tracker store that this can delete from. The message says what to do."""


class ConversationLog:
    """The events of a Rasa tracker store of type SQL.

    Args:
        address: The database's.
    """

    def __init__(self, address: str | URL) -> None:
        self.address = make_url(address)
        self._engine = create_engine(address, future=True, pool_pre_ping=True)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _prepare_sqlite)

    @contextmanager
    def events(self) -> Iterator[tuple[Connection, Table | None]]:
        """A connection whose changes are kept, and the table; None in its place where nobody has chatted yet."""
        with self._engine.begin() as connection:
            yield connection, _EVENTS if inspect(connection).has_table(_EVENTS.name) else None

    def delete_before(self, moment: datetime) -> int:
        """Deletes what was said before a moment; gives the number of events."""
        return self._delete(_EVENTS.c.timestamp < moment.timestamp())

    def delete_conversation(self, conversation_id: str, until: datetime) -> int:
        """Deletes what was said in a conversation until a moment; gives the number of events."""
        return self._delete(_EVENTS.c.sender_id == conversation_id, _EVENTS.c.timestamp <= until.timestamp())

    def conversation_ids(self) -> list[str]:
        """The ids of all conversations that are kept."""
        with self.events() as (connection, table):
            if table is None:
                return []
            return list(connection.execute(select(table.c.sender_id).distinct()).scalars())

    def _delete(self, *which: Any) -> int:
        with self.events() as (connection, table):
            gone = 0 if table is None else connection.execute(delete(table).where(*which)).rowcount
        if gone and self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:  # what was deleted is still in the write-ahead log
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return gone


def conversation_log(endpoints: Path) -> ConversationLog:
    """The log that an endpoints file names.

    Args:
        endpoints: Rasa's endpoints file.

    Raises:
        TrackerStoreError: It names no SQL store.
    """
    content: dict[str, Any] = yaml.safe_load(endpoints.read_text(encoding="utf-8")) or {}
    store = content.get("tracker_store") or {}
    host = str(store.get("url") or "")
    if "://" in host:
        return ConversationLog(make_url(host))
    if "dialect" not in store or "db" not in store:
        raise TrackerStoreError(
            f"{endpoints}: conversations can only be deleted from a tracker store in a database, "
            "so `tracker_store` needs `dialect` and `db`."
        )
    place = urlsplit(f"//{host}")  # Rasa takes a port behind the host as well
    port = place.port or store.get("port")
    address = URL.create(
        store["dialect"], store.get("username"), store.get("password"), place.hostname, port, store["db"]
    )
    return ConversationLog(address)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """What is deleted is overwritten; a writer waits for Rasa's."""
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA busy_timeout=5000")
