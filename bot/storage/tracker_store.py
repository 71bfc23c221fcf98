"""Rasa's SQL tracker store, with what is said encrypted at rest."""

from __future__ import annotations

from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import Column, Float, Integer, String
from sqlalchemy.orm import declarative_base

from bot.storage.columns import EventText


class EncryptedTrackerStore(SQLTrackerStore):
    """Keeps events as Rasa's own store does; their content, which holds all that is said, is encrypted."""

    Base = declarative_base()

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
