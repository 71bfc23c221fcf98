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
    Index,
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
from sqlalchemy.schema import CreateTable

from bot.storage.columns import EventText

CONVERSATIONS = MetaData()
"""The tables of the tracker store (tracker_store.py)."""

EVENTS = Table(
    "events",
    CONVERSATIONS,
    Column("id", Integer, primary_key=True),
    Column("sender_id", String(255), nullable=False),
    Column("type_name", String(255), nullable=False),
    Column("timestamp", Float),
    Column("intent_name", String(255)),
    Column("action_name", String(255)),
    Column("data", EventText),
    Index("ix_events_sender_id_id", "sender_id", "id"),
)
"""The events of conversations, with the columns of Rasa's own store."""

HEADS = Table(
    "conversation_heads",
    CONVERSATIONS,
    Column("sender_id", String(255), primary_key=True),
    Column("behind", Integer, nullable=False),
    Column("oldest", Float, nullable=False),
    Column("events", EventText, nullable=False),
)
"""What long sessions have come to (heads.py): the event that each stands before, and when its session began."""


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
    def tables(self) -> Iterator[Connection | None]:
        """A connection whose changes are kept; None where nobody has chatted yet, and there are no tables."""
        with self._engine.begin() as connection:
            if not inspect(connection).has_table(EVENTS.name):
                yield None
                return
            connection.execute(CreateTable(HEADS, if_not_exists=True))  # an earlier version had none
            yield connection

    def delete_before(self, moment: datetime) -> int:
        """Deletes what was said before a moment; gives the number of events."""
        past = moment.timestamp()
        return self._delete(EVENTS.c.timestamp < past, heads=HEADS.c.oldest < past)

    def delete_conversation(self, conversation_id: str, until: datetime) -> int:
        """Deletes what was said in a conversation until a moment; gives the number of events."""
        of_it = (EVENTS.c.sender_id == conversation_id, EVENTS.c.timestamp <= until.timestamp())
        return self._delete(*of_it, heads=HEADS.c.sender_id == conversation_id)

    def conversation_ids(self) -> list[str]:
        """The ids of all conversations that are kept."""
        with self.tables() as connection:
            return list(connection.execute(select(EVENTS.c.sender_id).distinct()).scalars()) if connection else []

    def _delete(self, *events: Any, heads: Any) -> int:
        with self.tables() as connection:
            if connection is None:
                return 0
            connection.execute(delete(HEADS).where(heads))
            gone = int(connection.execute(delete(EVENTS).where(*events)).rowcount)
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
