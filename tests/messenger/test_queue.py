"""The queue of Messenger: each event once, in order for each patient, by one worker at a time; on both databases."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.messenger import queue
from bot.messenger.events import Content, Incoming, Kind
from bot.messenger.queue import Claim
from bot.privacy.retention import enforce_retention, the_limits
from bot.storage import Database, DataKeyError, the_keyring
from bot.storage.columns import now
from bot.storage.conversations import ConversationLog
from bot.storage.group_commit import GroupCommit, Works
from bot.storage.models import MessengerEventRow, MessengerThreadRow
from tests.messenger.page import waiting

_numbers = itertools.count(1)


@pytest.fixture
def database(any_database: str) -> Iterator[Database]:
    database = Database(any_database)
    yield database
    database.close()


def incoming(person: str, words: str, identity: str | None = None, at: int | None = None) -> Incoming:
    number = next(_numbers)
    return Incoming("page", person, identity or f"mid {number}", at or number, Content(Kind.TEXT, words))


def do(database: Database, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    with database.unit_of_work() as session:
        return work(session, *arguments, **named)


def accept(database: Database, *events: Incoming) -> None:
    do(database, queue.accept, events)


def claim(database: Database, at: datetime | None = None, most: int = 10) -> list[Claim]:
    return do(database, queue.claim, at or now(), most)


def answered(database: Database, thread: Claim) -> list[str]:
    """What is answered in a thread, in its order."""
    said = []
    while found := do(database, queue.next_event, thread):
        said.append(found[1].content.text)
        do(database, queue.finish, *found)
    return said


def test_each_event_is_answered_once_however_often_it_is_told(database: Database) -> None:
    once = incoming("1", "hello", "mid x")
    accept(database, once, once)
    accept(database, once, incoming("1", "bye"))
    (thread,) = claim(database)
    assert answered(database, thread) == ["hello", "bye"]
    accept(database, once)
    assert do(database, queue.next_event, thread) is None
    assert do(database, waiting) == 0


def test_what_one_patient_wrote_is_answered_in_the_order_of_writing(database: Database) -> None:
    accept(database, incoming("1", "second", at=20), incoming("2", "other", at=5))
    accept(database, incoming("1", "first", at=10), incoming("1", "third", at=20))
    threads = claim(database)
    assert [answered(database, thread) for thread in threads] == [["first", "second", "third"], ["other"]]


def test_a_thread_is_held_by_one_worker_until_it_gives_it_back_or_dies(database: Database) -> None:
    accept(database, incoming("1", "one"), incoming("1", "two"))
    (thread,) = claim(database)
    assert not thread.was_left
    assert claim(database) == []
    do(database, queue.renew, [thread.lease], now() + queue.LEASE)
    assert claim(database, now() + queue.LEASE * 1.5) == []
    (taken_over,) = claim(database, now() + queue.LEASE * 3)
    assert taken_over.was_left
    assert taken_over.id == thread.id
    assert do(database, queue.next_event, thread) is None
    do(database, queue.release, thread)
    assert claim(database) == []  # who has lost it gives nothing back
    do(database, queue.release, taken_over)
    (again,) = claim(database)
    assert not again.was_left


def test_workers_that_look_at_once_never_hold_the_same_thread(database: Database) -> None:
    accept(database, *(incoming(str(person), "hello") for person in range(40)))

    def look(_: int) -> list[Claim]:  # where another was faster, a worker looks again
        return [one for _ in range(12) for one in claim(database, most=7)]

    with ThreadPoolExecutor(8) as workers:
        claimed = [one for found in workers.map(look, range(8)) for one in found]
    assert len({thread.id for thread in claimed}) == len(claimed) == 40


def test_servers_that_are_told_the_same_at_once_keep_it_once(database: Database) -> None:
    events = [incoming(str(person), "hello", f"same {person}") for person in range(30)]
    with ThreadPoolExecutor(6) as servers:
        list(servers.map(lambda _: accept(database, *events), range(6)))
    assert do(database, waiting) == 30
    assert len(claim(database, most=100)) == 30


def test_an_answer_is_kept_before_it_is_sent_and_goes_on_where_it_stopped(database: Database) -> None:
    accept(database, incoming("1", "hello"))
    (thread,) = claim(database)
    held, event = do(database, queue.next_event, thread)
    steps = [{"send": {"text": "one"}}, {"send": {"text": "two"}}, {"pass": "note"}]
    assert do(database, queue.keep_steps, held, event, steps)
    assert do(database, queue.keep_progress, held, event, 2)
    (heir,) = claim(database, now() + queue.LEASE * 2)
    assert not do(database, queue.keep_progress, held, event, 3)  # another has it by now
    _, again = do(database, queue.next_event, heir)
    assert (again.steps, again.steps_done) == (steps, 3)


def test_what_meta_does_not_take_waits_longer_each_time_and_holds_back_what_was_written_later(
    database: Database,
) -> None:
    accept(database, incoming("1", "first"), incoming("1", "second"))
    at, waits = now(), []
    for _ in range(10):
        (thread,) = claim(database, at)
        held, event = do(database, queue.next_event, thread)
        assert event.content.text == "first"
        do(database, queue.put_off, held, event, at, "transient 1/None")
        do(database, queue.release, thread)
        due = do(database, lambda session: session.execute(select(MessengerThreadRow.due_at)).scalar_one())
        waits.append((due - at).total_seconds())
        assert claim(database, due - timedelta(milliseconds=1)) == []
        at = due
    assert 4 <= waits[0] <= 6
    assert 480 <= waits[-1] <= 720


def test_nothing_that_was_written_is_kept_once_it_is_answered(database: Database) -> None:
    accept(database, incoming("1", "my back hurts"))
    (thread,) = claim(database)
    held, event = do(database, queue.next_event, thread)
    do(database, queue.keep_steps, held, event, [{"send": {"text": "I am sorry"}}])
    do(database, queue.finish, held, event, "final 190/None")
    row = do(database, lambda session: session.execute(text("select * from messenger_event")).mappings().one())
    assert (row["content"], row["steps"], row["failure"]) == (None, None, "final 190/None")


def test_the_tables_hold_neither_words_nor_persons_in_the_clear(database: Database) -> None:
    accept(database, incoming("5551234567", "my back hurts"))
    (thread,) = claim(database)
    held, event = do(database, queue.next_event, thread)
    do(database, queue.keep_steps, held, event, [{"send": {"text": "I am sorry"}}])
    for everything in (text("select * from messenger_event"), text("select * from messenger_thread")):
        rows = str(do(database, lambda session, all_=everything: session.execute(all_).all()))
        for secret in ("5551234567", "hurts", "sorry", held.conversation_id):
            assert secret not in rows


def test_who_is_erased_is_forgotten_but_what_was_written_since_is_answered(database: Database) -> None:
    accept(database, incoming("1", "delete my data"), incoming("1", "i cannot feel my legs"))
    (claimed,) = claim(database)
    held, event = do(database, queue.next_event, claimed)
    do(database, queue.change_thread, claimed, noticed_at=now(), offered="[]")
    do(database, queue.erase_threads, the_keyring().pseudonyms(held.conversation_id))
    assert do(database, queue.keep_steps, held, event, [{"send": {"text": "Done."}}])  # still ours to confirm
    do(database, queue.finish, held, event)
    anew, later = do(database, queue.next_event, claimed)
    assert later.content.text == "i cannot feel my legs"
    assert anew.conversation_id != held.conversation_id
    assert (anew.is_noticed, anew.offered) == (False, None)
    do(database, queue.finish, anew, later)
    do(database, queue.release, claimed)
    assert do(database, lambda session: session.execute(select(MessengerThreadRow.id)).all()) == []


def test_who_is_erased_while_nothing_waits_is_forgotten_at_once(database: Database) -> None:
    accept(database, incoming("1", "hello"))
    (claimed,) = claim(database)
    held, event = do(database, queue.next_event, claimed)
    do(database, queue.finish, held, event)
    do(database, queue.release, claimed)
    do(database, queue.erase_threads, the_keyring().pseudonyms(held.conversation_id))
    assert do(database, lambda session: session.execute(select(MessengerThreadRow.id)).all()) == []


def test_what_a_patient_writes_next_ends_the_wait(database: Database) -> None:
    accept(database, incoming("1", "first"))
    (claimed,) = claim(database)
    held, event = do(database, queue.next_event, claimed)
    do(database, queue.put_off, held, event, now() + timedelta(minutes=5), "transient 1/None")
    do(database, queue.release, claimed)
    assert claim(database) == []
    accept(database, incoming("1", "i cannot feel my legs"))
    assert len(claim(database)) == 1


def test_a_thread_that_no_key_opens_is_given_up_and_keeps_nobody_else_waiting(database: Database) -> None:
    accept(database, incoming("1", "hello"), incoming("2", "hello"))
    broken = text("update messenger_thread set person = 'x' where id = (select min(id) from messenger_thread)")
    do(database, lambda session: session.execute(broken))
    first, second = claim(database)
    with pytest.raises(DataKeyError):
        do(database, queue.next_event, first)
    do(database, queue.give_up, first, "no key opens it")
    assert answered(database, second) == ["hello"]
    assert do(database, waiting) == 0


def test_a_database_that_is_away_is_asked_once_for_all_that_wait(tmp_path: Path) -> None:
    async def test() -> None:
        asked = 0

        def write(_session: Any, _items: Any) -> list[None]:
            nonlocal asked
            asked += 1
            raise OperationalError("locked", None, Exception())

        group: GroupCommit[int] = GroupCommit(Database(f"sqlite:///{tmp_path}/none.db"), write)
        outcomes = await asyncio.gather(*map(group.put, range(5)), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [OperationalError] * 5
        assert asked == 1

    asyncio.run(asyncio.wait_for(test(), 20))


def test_people_keep_a_thread_until_their_time_is_over(database: Database) -> None:
    accept(database, incoming("1", "a person, please"))
    (thread,) = claim(database)
    answered(database, thread)
    until = now() + timedelta(minutes=5)
    do(database, queue.change_thread, thread, people_until=until)
    do(database, queue.release, thread)
    assert claim(database) == []
    (due,) = claim(database, until)
    assert do(database, queue.held_thread, due).people_until == until.astimezone(timezone.utc)


def test_who_has_not_written_for_long_is_forgotten_but_not_whoever_waits(database: Database, tmp_path: Path) -> None:
    accept(database, incoming("1", "hello"))
    (claimed,) = claim(database)
    answered(database, claimed)
    do(database, queue.release, claimed)
    accept(database, incoming("2", "hello"))
    log = ConversationLog(f"sqlite:///{tmp_path}/log.db")
    enforce_retention(database, log, the_limits(), now() + timedelta(days=the_limits().messenger_events - 1))
    assert do(database, lambda session: len(session.execute(select(MessengerEventRow.id)).all())) == 2
    enforce_retention(database, log, the_limits(), now() + timedelta(days=the_limits().messenger_events + 1))
    assert do(database, waiting) == 1  # what waits is kept, however long Meta was away
    enforce_retention(database, log, the_limits(), now() + timedelta(days=the_limits().conversations + 1))
    assert len(do(database, lambda session: session.execute(select(MessengerThreadRow.id)).all())) == 1


def test_a_body_of_any_number_of_events_is_taken(database: Database) -> None:
    accept(database, *(incoming(str(person % 600), "hello") for person in range(1300)))
    assert do(database, waiting) == 1300
    assert len(claim(database, most=1000)) == 600


def test_writes_that_wait_together_are_committed_together_and_fail_alone(database: Database) -> None:
    async def test() -> None:
        group = Works(database)

        def fail(_session: Any) -> None:
            raise SQLAlchemyError("broken")

        works = [partial(queue.accept, incoming=[incoming(str(number), "hello")]) for number in range(5)]
        outcomes = await asyncio.gather(*map(group.do, [*works, fail, waiting]), return_exceptions=True)
        assert outcomes[:5] == [None] * 5
        assert isinstance(outcomes[5], SQLAlchemyError)
        assert outcomes[6] == 5

    asyncio.run(asyncio.wait_for(test(), 20))
