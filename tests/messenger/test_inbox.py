"""The webhook's inbox: what it has taken is brought into the queue whole, once, and by whatever worker."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.messenger import queue
from bot.messenger.arrivals import Arrivals
from bot.messenger.inbox import oldest, put, remove
from bot.messenger.queue import ERASED
from bot.privacy.retention import enforce_retention, the_limits
from bot.storage import Database, the_keyring
from bot.storage.columns import now
from bot.storage.conversations import ConversationLog
from bot.storage.group_commit import Works
from bot.storage.inbox import open_inbox
from bot.storage.keys import new_key
from bot.storage.models import MessengerEventRow, MessengerInboxRow, MessengerThreadRow
from bot.storage.rotation import encrypt_anew
from tests.messenger.bodies import batch, message, post
from tests.messenger.page import Page, somebody, texts

_persons = itertools.count(700)


@pytest.fixture
def database(any_database: str) -> Iterator[Database]:
    database = Database(any_database)
    yield database
    database.close()


@pytest.fixture
def box(any_database: str) -> Iterator[Database]:
    inbox = open_inbox(any_database)
    yield inbox
    inbox.close()


def told(text: str) -> dict[str, Any]:
    """A body in which somebody writes for the first time."""
    return batch(message(str(next(_persons)), text))


def arrive(box: Database, *bodies: Any) -> None:
    with box.unit_of_work() as session:
        put(session, bodies)


def left(box: Database) -> list[Any]:
    with box.unit_of_work() as session:
        return [body for arrived in oldest(session, 100) for body in arrived.bodies or ["not to be read"]]


def bring(box: Database, database: Database, times: int = 1) -> None:
    """Has a worker that has just begun look into the inbox."""

    async def look() -> None:
        arrivals = Arrivals(Works(box), Works(database), 1)
        for _ in range(times):
            await arrivals.bring()

    asyncio.run(look())


def queued(database: Database) -> list[str]:
    with database.unit_of_work() as session:
        contents = session.execute(select(MessengerEventRow.content).order_by(MessengerEventRow.id)).scalars()
        return [words for content in contents for words in ("one", "two", "three") if content and words in content]


def test_what_was_taken_is_brought_in_its_order_and_then_forgotten(box: Database, database: Database) -> None:
    arrive(box, told("one"), told("two"))
    arrive(box, told("three"))
    bring(box, database, times=2)
    assert queued(database) == ["one", "two", "three"]
    assert left(box) == []


def test_a_worker_that_dies_on_the_way_loses_nothing_and_brings_nothing_twice(
    box: Database, database: Database
) -> None:
    arrive(box, told("one"))
    bring(box, database)
    assert left(box), "the first worker has died before it could remove what it had brought"
    arrive(box, told("two"))
    bring(box, database, times=2)
    assert queued(database) == ["one", "two"]


def test_what_one_worker_has_brought_another_does_not_remove_with_what_came_since(
    box: Database, database: Database
) -> None:
    async def two_workers() -> None:
        first, second = (Arrivals(Works(box), Works(database), 1) for _ in range(2))
        arrive(box, told("one"))
        await first.bring()
        await second.bring()
        await second.bring()  # and removes it
        arrive(box, told("two"))  # which must not get the row that the first one knows
        await first.bring()
        await first.bring()

    asyncio.run(two_workers())
    assert queued(database) == ["one", "two"]


def test_while_the_queue_cannot_be_reached_all_stays_in_the_inbox(
    box: Database, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(*_: Any, **__: Any) -> None:
        raise OperationalError("", {}, Exception())

    arrive(box, told("one"))
    with monkeypatch.context() as broken:
        broken.setattr(queue, "accept", is_away)
        with pytest.raises(OperationalError):
            bring(box, database)
    bring(box, database, times=2)
    assert queued(database) == ["one"]


def test_a_body_that_cannot_be_kept_does_not_hold_up_the_others(
    box: Database, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = queue.accept

    def refuses(session: Any, incoming: list[Any]) -> None:
        if any(one.content.text == "poison" for one in incoming):
            raise IntegrityError("", {}, Exception())
        accept(session, incoming)

    monkeypatch.setattr(queue, "accept", refuses)
    arrive(box, told("one"), told("poison"), told("two"))
    bring(box, database, times=2)
    assert queued(database) == ["one", "two"]
    assert left(box) == []


def test_what_no_key_opens_does_not_hold_up_the_others(
    box: Database, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(box, told("one"))
    key, old = new_key(), os.environ["DATA_KEYS"]
    monkeypatch.setenv("DATA_KEYS", key)
    the_keyring.cache_clear()
    arrive(box, told("two"))
    bring(box, database, times=2)
    assert queued(database) == ["two"]
    monkeypatch.setenv("DATA_KEYS", f"{key},{old}")
    the_keyring.cache_clear()
    bring(box, database, times=2)
    assert queued(database) == ["two", "one"], "with its key it is read"
    monkeypatch.undo()
    the_keyring.cache_clear()


def test_a_new_key_opens_what_waits(box: Database, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(box, told("one"))
    key, old = new_key(), os.environ["DATA_KEYS"]
    for keys in (f"{key},{old}", key):
        monkeypatch.setenv("DATA_KEYS", keys)
        the_keyring.cache_clear()
        if keys != key:
            encrypt_anew(database, ConversationLog("sqlite://"))
    bring(box, database, times=2)
    assert queued(database) == ["one"]
    monkeypatch.undo()
    the_keyring.cache_clear()


def test_an_event_counts_from_when_it_came_not_from_when_it_was_brought(box: Database, database: Database) -> None:
    arrive(box, told("one"))
    came = now() - timedelta(hours=6)
    with box.unit_of_work() as session:
        session.execute(update(MessengerInboxRow).values(received_at=came))
    bring(box, database)
    with database.unit_of_work() as session:
        assert session.execute(select(MessengerEventRow.received_at)).scalar_one() == came


def test_what_is_brought_once_more_leaves_a_thread_as_it_is(box: Database, database: Database) -> None:
    arrive(box, told("one"))
    bring(box, database)
    with database.unit_of_work() as session:
        session.execute(update(MessengerThreadRow).values(used_at=ERASED))
    bring(box, database)
    with database.unit_of_work() as session:
        assert session.execute(select(MessengerThreadRow.used_at)).scalar_one() == ERASED


def test_what_nobody_has_brought_for_a_week_is_deleted(box: Database, database: Database) -> None:
    arrive(box, told("one"))
    enforce_retention(database, ConversationLog("sqlite://"), the_limits(), now() + timedelta(days=1))
    assert left(box)
    enforce_retention(database, ConversationLog("sqlite://"), the_limits(), now() + timedelta(days=8))
    assert left(box) == []


@pytest.mark.parametrize("name", ["assistant", "assistant.db", "of.1/assistant"])
def test_the_file_stands_beside_the_assistants_whatever_that_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    open_inbox(f"sqlite:///{tmp_path / name}").close()
    assert [one.name for one in (tmp_path / name).parent.glob("assistant-inbox*")]


def test_what_was_taken_is_not_kept_in_the_clear(box: Database) -> None:
    arrive(box, told("my secret symptom"))
    with box.engine.connect() as connection:
        assert "secret" not in str(connection.exec_driver_sql("select * from messenger_inbox").all())


def test_only_named_rows_are_removed(box: Database) -> None:
    arrive(box, "one")
    arrive(box, "two")
    with box.unit_of_work() as session:
        first = min(arrived.id for arrived in oldest(session, 2))
        remove(session, {first})
    assert left(box) == ["two"]


def test_the_webhook_waits_for_nobody_who_writes_to_the_assistants_database(page: Page) -> None:
    person = somebody()
    with page.database.engine.connect() as connection:
        connection.exec_driver_sql("begin immediate")
        assert post(page.webhook, batch(message(person, "what is psoas syndrome"))) == 200
        connection.exec_driver_sql("rollback")
    page.wait()
    assert "Psoas syndrome means" in texts(page.graph.sent(person))[-1]
