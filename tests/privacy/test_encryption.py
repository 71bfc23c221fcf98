"""Conversations are encrypted at rest, and everything can be encrypted anew."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.storage import Database, the_keyring
from bot.storage.conversations import ConversationLog, TrackerStoreError, conversation_log
from bot.storage.keys import new_key
from bot.storage.rotation import encrypt_anew
from bot.storage.tracker_store import EncryptedTrackerStore
from tests.privacy.conftest import Say
from tests.privacy.test_erasure import fill
from tests.stored import stored_requests


@pytest.fixture(autouse=True)
def keys_of_the_run() -> Iterator[None]:
    """Forgets the keys that a test has set."""
    yield
    the_keyring.cache_clear()


def events(log: ConversationLog) -> str:
    with create_engine(log.address, future=True).connect() as connection:
        return str(connection.execute(text("select * from events")).all())


def said(store: EncryptedTrackerStore, sender: str) -> list[str]:
    tracker = asyncio.run(store.retrieve_full_tracker(sender))
    assert tracker
    return [event.text for event in tracker.events if hasattr(event, "intent_name")]


def test_what_is_said_stands_in_no_table_in_the_clear(
    log: ConversationLog, store: EncryptedTrackerStore, say: Say
) -> None:
    say("one", "my name is Maria and my groin hurts", 1.0)
    assert "Maria" not in events(log)
    assert "groin" not in events(log)
    assert said(store, "one") == ["my name is Maria and my groin hurts"]


def test_what_an_earlier_version_wrote_in_the_clear_is_read(
    log: ConversationLog, store: EncryptedTrackerStore, say: Say
) -> None:
    say("one", "hello", 1.0)
    clear = '{"event": "user", "timestamp": 2.0, "text": "from before", "parse_data": {}}'
    with create_engine(log.address, future=True).begin() as connection:
        insert = "insert into events (sender_id, type_name, timestamp, data) values ('one', 'user', 2.0, :data)"
        connection.execute(text(insert), {"data": clear})
    assert said(store, "one") == ["hello", "from before"]


def test_after_everything_is_encrypted_anew_the_old_key_is_not_needed(
    any_database: str,
    log: ConversationLog,
    store: EncryptedTrackerStore,
    say: Say,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(Database(any_database), "one")
    say("one", "hello", 1.0)
    key = new_key()
    monkeypatch.setenv("DATA_KEYS", f"{key},{os.environ['DATA_KEYS']}")
    the_keyring.cache_clear()
    assert encrypt_anew(Database(any_database), log) > 2
    monkeypatch.setenv("DATA_KEYS", key)
    the_keyring.cache_clear()
    assert stored_requests(any_database)[0]["patient_name"] == "Maria Lopez"
    assert said(store, "one") == ["hello"]


def test_a_tracker_store_without_a_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "endpoints.yml"
    file.write_text("action_endpoint: {url: x}\n", encoding="utf-8")
    with pytest.raises(TrackerStoreError, match="needs `dialect` and `db`"):
        conversation_log(file)
