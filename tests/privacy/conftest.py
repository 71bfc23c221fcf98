"""A database and a log of conversations, of each kind in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.storage import Database
from bot.storage.conversations import ConversationLog, conversation_log
from bot.storage.tracker_store import EncryptedTrackerStore
from tests.databases import new_database

Say = Callable[..., None]


@pytest.fixture
def database(any_database: str) -> Database:
    """A migrated and empty one."""
    return Database(any_database)


@pytest.fixture
def endpoints(any_database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """An endpoints file that names a tracker store of the database's kind."""
    store = f"dialect: sqlite\n  db: {tmp_path}/tracker.db"
    if any_database.startswith("postgresql"):
        server, _, name = new_database(request.getfixturevalue("postgres")).rpartition("/")
        store = f"dialect: postgresql\n  url: {server.partition('@')[2]}\n  username: assistant\n  db: {name}"
    file = tmp_path / "endpoints.yml"
    file.write_text(f"tracker_store:\n  type: any\n  {store}\n", encoding="utf-8")
    return file


@pytest.fixture
def log(endpoints: Path) -> ConversationLog:
    """The conversations of that store."""
    return conversation_log(endpoints)


@pytest.fixture
def store(log: ConversationLog) -> EncryptedTrackerStore:
    """Rasa's side of the same store."""
    url = log.address
    parts: dict[str, Any] = {"dialect": url.drivername, "host": url.host, "port": url.port, "username": url.username}
    return EncryptedTrackerStore(Domain.empty(), db=url.database, **parts)


@pytest.fixture
def say(store: EncryptedTrackerStore) -> Say:
    """Has a patient say something, at a moment in seconds since 1970."""

    def saying(sender: str, text: str, at: float) -> None:
        events = [SessionStarted(timestamp=at), UserUttered(text, timestamp=at)]
        known = asyncio.run(store.retrieve_full_tracker(sender))
        tracker = DialogueStateTracker.from_events(sender, [*(known.events if known else []), *events])
        asyncio.run(store.save(tracker))

    return saying
