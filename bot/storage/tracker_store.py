"""Rasa's SQL tracker store, with what is said encrypted at rest."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import Column, Float, Integer, String
from sqlalchemy.engine import Engine
from sqlalchemy.orm import declarative_base, sessionmaker

from bot.storage.columns import EventText
from bot.storage.database import sqlite_engine

# Rasa looks through all classes of events for each event that it reads: a fifth of the time of a turn.
Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))


class EncryptedTrackerStore(SQLTrackerStore):
    """Keeps events as Rasa's own store does; their content, which holds all that is said, is encrypted."""

    Base = declarative_base()

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        if self.engine.dialect.name == "sqlite":
            rasas: Engine = self.engine
            rasas.dispose()
            self.engine: Engine = sqlite_engine(rasas.url)
            self.sessionmaker = sessionmaker(bind=self.engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Reads a conversation (see Rasa's SQLTrackerStore)."""
        await asyncio.sleep(0)  # a turn of Rasa's never pauses by itself, and a webhook would wait for all of it
        return await super().retrieve(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Writes what is new in a conversation (see Rasa's SQLTrackerStore)."""
        await asyncio.sleep(0)
        await super().save(tracker)

    class SQLEvent(Base):
        """An event of a conversation (see Rasa's SQLTrackerStore.SQLEvent)."""

        __tablename__ = "events"

        id = Column(Integer, primary_key=True)
        sender_id = Column(String(255), nullable=False, index=True)
        type_name = Column(String(255), nullable=False)
        timestamp = Column(Float)
        intent_name = Column(String(255))
        action_name = Column(String(255))
        data = Column(EventText)
