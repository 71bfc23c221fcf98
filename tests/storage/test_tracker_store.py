"""The tracker store: it loses nothing, reads no more than dialogue needs, and works without any head."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event as of_engine
from sqlalchemy import func, select

from bot.storage.conversations import EVENTS, HEADS, ConversationLog
from bot.storage.tracker_store import TURNS_KEPT, TURNS_READ, EncryptedTrackerStore, KeptTracker, newest_messages


def turn(number: int, intents: int = 3) -> list[Event]:
    """A turn as Rasa makes it: what was said, what it tells, an answer, and the wait for the next."""
    said = UserUttered(f"message {number}", {"name": f"intent_{number % intents}"}, message_id=str(number))
    answer = BotUttered(f"answer {number}", metadata={"utter_action": f"utter_{number % 3}"})
    return [said, SlotSet("newest", number), ActionExecuted("utter"), answer, ActionExecuted("action_listen")]


def talk(store: EncryptedTrackerStore, turns: range, session: bool = False, intents: int = 3) -> None:
    """Has a patient say something again and again, each time as Rasa does: read, append, save."""
    store.domain.slots = [AnySlot("newest", mappings=[]), AnySlot("told", mappings=[])]
    for number in turns:
        tracker = asyncio.run(store.get_or_create_tracker("one", append_action_listen=False))
        begins = [SessionStarted(), SlotSet("told", turns[0])] if session and number == turns[0] else []
        for event in [*begins, *turn(number, intents)]:
            tracker.update(event)
        asyncio.run(store.save(tracker))


def read(store: EncryptedTrackerStore) -> KeptTracker:
    tracker = asyncio.run(store.retrieve("one"))
    assert tracker
    return tracker


def said(tracker: DialogueStateTracker) -> list[str | None]:
    return [event.text for event in tracker.events if isinstance(event, UserUttered) and event.text]


def count(store: EncryptedTrackerStore, table: object) -> int:
    with store.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_nothing_of_a_long_session_is_lost_from_the_record(store: EncryptedTrackerStore) -> None:
    talk(store, range(60), session=True)
    whole = asyncio.run(store.retrieve_full_tracker("one"))
    assert whole
    assert said(whole) == [f"message {number}" for number in range(60)]
    assert count(store, EVENTS) == 2 + 60 * 5


def test_of_a_long_session_no_more_is_read_than_dialogue_looks_back_on(store: EncryptedTrackerStore) -> None:
    talk(store, range(60), session=True)
    tracker = read(store)
    assert TURNS_KEPT <= len(said(tracker)) <= TURNS_READ
    assert said(tracker)[-1] == "message 59"
    assert len(tracker.rows) <= 5 * TURNS_READ
    assert isinstance(list(tracker.events)[tracker.head], UserUttered)


def test_a_value_told_long_ago_is_still_known(store: EncryptedTrackerStore) -> None:
    talk(store, range(7, 60), session=True)
    assert read(store).get_slot("told") == 7
    assert read(store).get_slot("newest") == 59


def test_what_was_ever_uttered_in_the_session_is_still_known(store: EncryptedTrackerStore) -> None:
    talk(store, range(60), session=True)
    uttered = {event.metadata["utter_action"] for event in read(store).events if isinstance(event, BotUttered)}
    assert uttered == {"utter_0", "utter_1", "utter_2"}


def test_a_head_holds_nothing_that_was_said(store: EncryptedTrackerStore) -> None:
    talk(store, range(60), session=True)
    with store.engine.connect() as connection:
        (head,) = connection.execute(select(HEADS.c.events)).scalars()
    assert [text for text in ("message 1", "answer 1") if text in head] == []


def test_a_session_knows_when_it_began_however_long_it_is(store: EncryptedTrackerStore) -> None:
    talk(store, range(1), session=True)
    began = read(store).events[0].timestamp
    talk(store, range(1, 60))
    assert read(store).events[0].timestamp == began


def test_a_new_session_begins_without_what_an_old_one_has_come_to(store: EncryptedTrackerStore) -> None:
    talk(store, range(30), session=True)
    talk(store, range(30, 32), session=True)
    assert said(read(store)) == ["message 30", "message 31"]
    assert isinstance(read(store).events[0], SessionStarted)
    talk(store, range(32, 60))
    assert read(store).get_slot("told") == 30


def test_without_its_head_a_session_is_read_whole_and_gets_a_new_one(
    store: EncryptedTrackerStore, log: ConversationLog
) -> None:
    talk(store, range(30), session=True)
    with log.tables() as connection:
        assert connection
        connection.execute(HEADS.delete())
    assert len(said(read(store))) == 30
    talk(store, range(30, 31))
    assert len(said(read(store))) == TURNS_KEPT
    assert read(store).get_slot("told") == 0


def test_a_tracker_that_is_saved_twice_in_one_turn_is_written_once(store: EncryptedTrackerStore) -> None:
    talk(store, range(12), session=True)
    tracker = read(store)
    for event in turn(12):
        tracker.update(event)
        asyncio.run(store.save(tracker))
    whole = asyncio.run(store.retrieve_full_tracker("one"))
    assert whole
    assert said(whole) == [f"message {number}" for number in range(13)]
    assert count(store, EVENTS) == 2 + 13 * 5


def test_a_deleted_conversation_leaves_no_head(store: EncryptedTrackerStore, log: ConversationLog) -> None:
    talk(store, range(30), session=True)
    log.delete_conversation("one", datetime.now(timezone.utc))
    assert count(store, HEADS) == count(store, EVENTS) == 0
    assert asyncio.run(store.retrieve("one")) is None


def test_a_head_goes_with_the_oldest_of_what_it_was_made_of(store: EncryptedTrackerStore, log: ConversationLog) -> None:
    talk(store, range(1), session=True)
    moment = datetime.now(timezone.utc)
    talk(store, range(1, 30))
    assert count(store, HEADS) == 1
    assert log.delete_before(moment) == 2 + 5
    assert count(store, HEADS) == 0
    assert read(store).get_slot("told") is None


def test_the_newest_messages_come_in_their_order_and_without_anything_else(store: EncryptedTrackerStore) -> None:
    talk(store, range(30), session=True)
    messages = asyncio.run(newest_messages(store, "one", 3))
    assert [getattr(message, "text", None) for message in messages] == ["answer 28", "message 29", "answer 29"]
    assert asyncio.run(newest_messages(store, "nobody", 3)) == []


def test_a_later_message_asks_the_database_no_more_than_an_early_one(store: EncryptedTrackerStore) -> None:
    statements: list[str] = []
    of_engine.listen(store.engine, "before_cursor_execute", lambda *details: statements.append(details[2]))
    talk(store, range(12), session=True)
    statements.clear()
    talk(store, range(12, 36))
    early = len(statements)
    statements.clear()
    talk(store, range(36, 60))
    assert len(statements) == early


def test_many_short_sessions_are_not_read_to_answer_in_the_newest(store: EncryptedTrackerStore) -> None:
    for first in range(0, 40, 4):
        talk(store, range(first, first + 4), session=True)
    assert count(store, HEADS) == 0
    assert len(read(store).rows) == 2 + 4 * 5


def test_a_head_is_made_anew_only_when_enough_has_come_since(store: EncryptedTrackerStore) -> None:
    talk(store, range(30), session=True, intents=30)
    made: list[int] = []
    for number in range(30, 48):
        talk(store, range(number, number + 1), intents=30)
        made.append(read(store).rows[0])
    assert len(set(made)) <= 5


def test_what_is_said_while_the_record_cannot_be_read_is_kept_whole(store: EncryptedTrackerStore) -> None:
    talk(store, range(3), session=True)
    without_record = DialogueStateTracker("one", [])
    for event in [SessionStarted(), *turn(3)]:
        without_record.update(event)
        asyncio.run(store.save(without_record))
    whole = asyncio.run(store.retrieve_full_tracker("one"))
    assert whole
    assert said(whole) == [f"message {number}" for number in range(4)]
    assert said(read(store)) == ["message 3"]
    asyncio.run(store.save(whole))
    assert count(store, EVENTS) == 2 + 3 * 5 + 1 + 5


def test_a_turn_that_is_given_up_is_written_before_the_next_can_begin(store: EncryptedTrackerStore) -> None:
    talk(store, range(1), session=True)
    slow = store._append

    def slowly(*rows: Any) -> None:
        time.sleep(0.3)
        slow(*rows)

    async def given_up() -> None:
        tracker = await store.retrieve("one")
        assert tracker
        for event in turn(1):
            tracker.update(event)
        store._append = slowly  # type: ignore[method-assign]
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(store.save(tracker), 0.1)

    asyncio.run(given_up())
    assert said(read(store)) == ["message 0", "message 1"]


def test_an_older_database_is_deleted_from_before_anybody_has_chatted_in_the_new_version(
    store: EncryptedTrackerStore, log: ConversationLog
) -> None:
    talk(store, range(2), session=True)
    HEADS.drop(store.engine)
    assert log.conversation_ids() == ["one"]
    assert log.delete_conversation("one", datetime.now(timezone.utc)) == 2 + 2 * 5


def test_no_slot_asks_for_the_message_that_opened_a_form_which_no_head_keeps() -> None:
    assert "from_trigger_intent" not in Path("domain.yml").read_text(encoding="utf-8")


def test_the_head_is_made_for_the_domain_that_is_served(store: EncryptedTrackerStore) -> None:
    talk(store, range(30), session=True)
    store.domain = Domain.empty()
    assert said(read(store))[-1] == "message 29"
