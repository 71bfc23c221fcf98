"""A database and a log of conversations, of each kind in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from rasa.shared.core.events import SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.storage import Database
from bot.storage.tracker_store import EncryptedTrackerStore

Say = Callable[..., None]


@pytest.fixture
def database(any_database: str) -> Database:
    """A migrated and empty one."""
    return Database(any_database)


@pytest.fixture
def say(store: EncryptedTrackerStore) -> Say:
    """Has a patient say something, at a moment in seconds since 1970."""

    def saying(sender: str, text: str, at: float) -> None:
        events = [SessionStarted(timestamp=at), UserUttered(text, timestamp=at)]
        known = asyncio.run(store.retrieve_full_tracker(sender))
        tracker = known or DialogueStateTracker.from_events(sender, [])
        for event in events:
            tracker.update(event)
        asyncio.run(store.save(tracker))

    return saying
