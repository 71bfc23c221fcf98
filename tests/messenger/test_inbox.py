"""The webhook's inbox: what it has taken is brought into the queue whole, once, and by whatever worker."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.messenger import queue
from bot.messenger.arrivals import Arrivals
from bot.messenger.inbox import oldest, open_inbox, put, remove
from bot.storage import Database, the_keyring
from bot.storage.group_commit import Works
from bot.storage.keys import new_key
from bot.storage.models import MessengerEventRow
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
        return [body for bodies in oldest(session, 100).values() for body in bodies]


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
    monkeypatch.setenv("DATA_KEYS", new_key())
    the_keyring.cache_clear()
    arrive(box, told("two"))
    bring(box, database, times=2)
    assert queued(database) == ["two"]
    monkeypatch.undo()
    the_keyring.cache_clear()


def test_what_was_taken_is_not_kept_in_the_clear(box: Database) -> None:
    arrive(box, told("my secret symptom"))
    with box.engine.connect() as connection:
        assert "secret" not in str(connection.exec_driver_sql("select * from messenger_inbox").all())


def test_only_named_rows_are_removed(box: Database) -> None:
    arrive(box, "one")
    arrive(box, "two")
    with box.unit_of_work() as session:
        first = min(oldest(session, 2))
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
