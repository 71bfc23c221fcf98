"""Rasa's SQL tracker store, with what is said encrypted at rest."""

from __future__ import annotations

from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import Column, Float, Integer, String, event
from sqlalchemy.orm import declarative_base

from bot.storage.columns import EventText
from bot.storage.database import prepare_sqlite


class EncryptedTrackerStore(SQLTrackerStore):
    """Keeps events as Rasa's own store does; their content, which holds all that is said, is encrypted."""

    Base = declarative_base()

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        if self.engine.dialect.name == "sqlite":
            self.engine.dispose()  # what was opened before is not prepared
            event.listen(self.engine, "connect", prepare_sqlite)

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
