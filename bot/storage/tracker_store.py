"""Rasa's SQL tracker store, encrypted, whose turns cost the same however long a conversation has become.

Every event is kept as Rasa's own store keeps it. What a long session has come to is kept once more, as its head: the
events that bring a new tracker to where it stood some messages ago. Dialogue reads the head and what came after it.
A head can be thrown away at any time: without it the whole session is read, and a new one is made of it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore, TrackerStore, create_engine_kwargs
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY
from sqlalchemy import create_engine, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.orm import declarative_base, sessionmaker
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql import Select

from bot.storage.conversations import CONVERSATIONS, EVENTS, HEADS
from bot.storage.database import sqlite_engine
from bot.storage.heads import head_of

T = TypeVar("T")
_KEPT = "kept"
_POOL = {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 5}  # of a database server

TURNS_KEPT = 4
"""How many messages of a patient stay behind a head: more than any rule, form or response looks back on."""
TURNS_READ = 8
"""How many may stand behind a head until a new one is made."""


class KeptTracker(DialogueStateTracker):
    """A tracker of this store.

    Attributes:
        head: How many of its events are those of a head.
        rows: The ids of the events that were read behind it.
        kept: How many of its events need not be written.
    """

    head = 0
    rows: Sequence[int] = ()
    kept = 0


class EncryptedTrackerStore(SQLTrackerStore):
    """Keeps all events of a conversation, encrypted; reads what dialogue needs, and appends what is new."""

    Base = declarative_base(metadata=CONVERSATIONS)

    class SQLEvent(Base):
        """An event of a conversation (see Rasa's SQLTrackerStore.SQLEvent)."""

        __table__ = EVENTS

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        rasas: Engine = self.engine
        rasas.dispose()
        if rasas.dialect.name == "sqlite":
            self.engine: Engine = sqlite_engine(rasas.url, synchronous="NORMAL")
        else:
            self.engine = create_engine(rasas.url, **{**create_engine_kwargs(rasas.url), **_POOL})
        self.sessionmaker = sessionmaker(bind=self.engine)
        with self.engine.begin() as connection:
            for index in EVENTS.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))  # an earlier version had another

    async def retrieve(self, sender_id: str) -> KeptTracker | None:
        """The newest session of a conversation, as far as dialogue needs it (see Rasa's SQLTrackerStore)."""
        head, rows = await self._reading(self._newest_session, sender_id)
        if not rows:
            return None
        events = deserialise_events([*head, *(json.loads(data) for _, data in rows)])
        tracker = KeptTracker(sender_id, self.domain.slots)
        for event in events:
            tracker.update(event)
        tracker.head, tracker.rows, tracker.kept = len(head), [row for row, _ in rows], len(events)
        return tracker

    async def messages(self, sender_id: str, most: int) -> list[Event]:
        """The newest messages of a conversation, the patient's and the assistant's, in all of its sessions.

        Args:
            sender_id: The conversation's id.
            most: How many at most.
        """
        which = EVENTS.c.type_name.in_((UserUttered.type_name, BotUttered.type_name))
        newest = select(EVENTS.c.data).where(EVENTS.c.sender_id == sender_id, which).order_by(EVENTS.c.id.desc())
        texts = await self._reading(self._texts, newest.limit(most))
        events: list[Event] = deserialise_events([json.loads(text) for text in reversed(texts)])
        return events

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Appends what is new in a conversation (see Rasa's SQLTrackerStore)."""
        await self.stream_events(tracker)
        kept = getattr(tracker, _KEPT, 0)  # a tracker that is not of this store begins something new
        head = self._new_head(tracker) if isinstance(tracker, KeptTracker) else None
        await _to_its_end(partial(self._append, _rows(tracker, kept), head))
        setattr(tracker, _KEPT, len(tracker.events))

    async def retrieve_full_tracker(self, conversation_id: str) -> KeptTracker | None:
        """All sessions of a conversation (see Rasa's SQLTrackerStore)."""
        whole = await super().retrieve_full_tracker(conversation_id)
        if whole is None:
            return None
        tracker = KeptTracker(conversation_id, self.domain.slots)
        for event in whole.events:
            tracker.update(event)
        tracker.kept = len(whole.events)
        return tracker

    async def _reading(self, read: Callable[[Any], T], what: Any) -> T:
        """Reads; off the event loop, but for a file, which the system has in its memory."""
        if self.engine.dialect.name == "sqlite":
            await asyncio.sleep(0)  # a turn of Rasa's never pauses by itself, and a webhook would wait for all of it
            return read(what)
        return await asyncio.to_thread(read, what)

    def _newest_session(self, sender_id: str) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
        """The head of the newest session, empty where it has none, and the rows behind it: their ids and contents."""
        columns = (EVENTS.c.id, EVENTS.c.data)
        with self.engine.connect() as connection:
            found = connection.execute(select(HEADS).where(HEADS.c.sender_id == sender_id)).first()
            behind = found.behind if found else 0
            newer = (EVENTS.c.sender_id == sender_id, EVENTS.c.id >= behind)
            starts = select(EVENTS.c.id).where(*newer, EVENTS.c.type_name == SessionStarted.type_name)
            start = connection.execute(starts.order_by(EVENTS.c.id.desc()).limit(1)).scalar()
            which = (EVENTS.c.sender_id == sender_id, EVENTS.c.id >= (start or behind))
            rows = connection.execute(select(*columns).where(*which).order_by(EVENTS.c.id)).all()
        head = json.loads(found.events) if found and start is None else []
        return head, [(row.id, row.data) for row in rows]

    def _texts(self, query: Select) -> list[str]:
        """The texts that a query finds."""
        with self.engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def _append(self, events: list[dict[str, Any]], head: dict[str, Any] | None) -> None:
        """Writes new rows."""
        with self.engine.begin() as connection:
            if events:
                connection.execute(insert(EVENTS), events)
            if head:
                put = (postgresql if self.engine.dialect.name == "postgresql" else sqlite).insert(HEADS).values(head)
                connection.execute(put.on_conflict_do_update(index_elements=[HEADS.c.sender_id], set_=head))

    def _new_head(self, tracker: KeptTracker) -> dict[str, Any] | None:
        """A new head where too many messages stand behind the one that there is, else None."""
        events = list(tracker.events)
        said = [at for at, event in enumerate(events) if at >= tracker.head and isinstance(event, UserUttered)]
        if len(said) <= TURNS_READ or said[-TURNS_KEPT] >= tracker.head + len(tracker.rows):
            return None
        at = said[-TURNS_KEPT]
        head = head_of(events[:at], self.domain.slots)
        return {
            "sender_id": tracker.sender_id,
            "behind": tracker.rows[at - tracker.head],
            "oldest": head[0].timestamp,
            "events": json.dumps([event.as_dict() for event in head]),
        }


async def newest_messages(store: TrackerStore, sender_id: str, most: int) -> list[Event]:
    """The newest messages of a conversation, of the store itself: the net that Rasa puts around it hides failures.

    Args:
        store: The agent's tracker store.
        sender_id: The conversation's id.
        most: How many at most.

    Returns:
        The patient's and the assistant's messages in their order; none where the conversation is unknown.
    """
    inner = store._tracker_store if isinstance(store, FailSafeTrackerStore) else store
    if not isinstance(inner, EncryptedTrackerStore):
        raise TypeError(f"endpoints.yml names another tracker store than {EncryptedTrackerStore.__name__}")
    return await inner.messages(sender_id, most)


async def _to_its_end(write: Callable[[], None]) -> None:
    """Writes off the event loop. Whoever is cancelled meanwhile still waits: the next turn must find it written."""
    writing = asyncio.create_task(asyncio.to_thread(write))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait([writing])
        raise


def _rows(tracker: DialogueStateTracker, kept: int) -> list[dict[str, Any]]:
    """The events of a tracker that are not kept yet, as Rasa's store writes them."""
    return [_row(tracker.sender_id, event) for event in islice(tracker.events, kept, None)]


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """An event as a row."""
    content = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": content.get("timestamp"),
        "intent_name": content.get("parse_data", {}).get("intent", {}).get(INTENT_NAME_KEY),
        "action_name": content.get("name"),
        "data": json.dumps(content),
    }
