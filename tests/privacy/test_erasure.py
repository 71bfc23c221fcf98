"""A patient's data are erased: at once in our tables, soon after in the log of conversations."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.handoff import BookingRequest
from bot.privacy.erasure import UnknownSenderError, erase_conversation, erase_sender, finish_erasures
from bot.storage import Database, save_booking_request, the_keyring
from bot.storage.columns import now
from bot.storage.conversations import ConversationLog
from bot.storage.models import Base, BookingRequestRow, ErasureRow, TurnRow, UnclearMessageRow
from tests.privacy.conftest import Say

REQUEST = BookingRequest("Maria Lopez", "(973) 555-0188", "friday")


def fill(database: Database, conversation: str) -> None:
    """A conversation with something in every table."""
    save_booking_request(database, conversation, f"{conversation} 1", REQUEST)
    name = the_keyring().pseudonym(conversation)
    with database.unit_of_work() as session:
        session.add(TurnRow(conversation=name, kind="topic", name="ask_signs"))
        session.add(UnclearMessageRow(conversation=name, text="blah"))


def kept(database: Database) -> dict[str, int]:
    """How many rows the tables of conversations hold."""
    with database.unit_of_work() as session:
        counted = ("booking_request", "notification", "turn", "unclear_message", "erasure")
        return {name: len(session.execute(select(Base.metadata.tables[name].c.id)).all()) for name in counted}


def test_erasing_takes_everything_of_a_conversation_and_nothing_of_another(database: Database) -> None:
    fill(database, "one")
    fill(database, "other")
    erase_conversation(database, "one", "patient")
    assert kept(database) == {"booking_request": 1, "notification": 1, "turn": 1, "unclear_message": 1, "erasure": 1}
    with database.unit_of_work() as session:
        left = session.execute(select(BookingRequestRow.conversation)).scalar_one()
    assert left == the_keyring().pseudonym("other")


def test_the_log_goes_when_the_turn_is_over_and_once_more_when_every_turn_is(
    database: Database, log: ConversationLog, say: Say
) -> None:
    asked = now()
    say("one", "delete my data", asked.timestamp())
    say("other", "hello", asked.timestamp())
    erase_conversation(database, "one", "patient")
    assert finish_erasures(database, log, asked + timedelta(seconds=1)) == 0
    assert sorted(log.conversation_ids()) == ["one", "other"]
    finish_erasures(database, log, asked + timedelta(seconds=10))
    assert log.conversation_ids() == ["other"]
    say("one", "delete my data", asked.timestamp())  # a turn that was under way has written everything again
    assert finish_erasures(database, log, asked + timedelta(seconds=90)) == 0
    assert log.conversation_ids() == ["other"]
    assert finish_erasures(database, log, asked + timedelta(seconds=160)) == 1  # nothing has come back
    assert kept(database)["erasure"] == 0


def test_what_is_said_after_the_wish_stays(database: Database, log: ConversationLog, say: Say) -> None:
    erase_conversation(database, "one", "patient")
    later = now() + timedelta(seconds=30)
    say("one", "hello again", later.timestamp())
    finish_erasures(database, log, later + timedelta(seconds=90))
    finish_erasures(database, log, later + timedelta(seconds=90))
    assert log.conversation_ids() == ["one"]


def test_the_wish_itself_names_nobody_in_the_clear(database: Database) -> None:
    erase_conversation(database, "conversation-1", "patient")
    with database.unit_of_work() as session:
        assert "conversation-1" not in str(session.execute(text("select * from erasure")).all())
        assert session.execute(select(ErasureRow)).scalar_one().conversation_id == "conversation-1"


def test_the_staff_erase_by_a_requests_reference(database: Database, log: ConversationLog, say: Say) -> None:
    say("one", "hello", now().timestamp())
    fill(database, "one")
    with database.unit_of_work() as session:
        reference = session.execute(select(BookingRequestRow.reference)).scalar_one()
    erase_sender(database, log, reference, "kim")
    assert kept(database) == {"booking_request": 0, "notification": 0, "turn": 0, "unclear_message": 0, "erasure": 1}


def test_the_staff_erase_a_request_whose_log_is_gone_already(database: Database, log: ConversationLog) -> None:
    fill(database, "one")
    with database.unit_of_work() as session:
        reference = session.execute(select(BookingRequestRow.reference)).scalar_one()
    erase_sender(database, log, reference, "kim")
    assert kept(database) == {"booking_request": 0, "notification": 0, "turn": 0, "unclear_message": 0, "erasure": 0}


def test_an_unknown_sender_is_refused_with_what_to_give(database: Database, log: ConversationLog) -> None:
    with pytest.raises(UnknownSenderError, match="reference"):
        erase_sender(database, log, "nobody", "kim")


def test_the_command_erases_and_says_so(
    any_database: str, endpoints: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    say("one", "hello", now().timestamp())
    monkeypatch.setenv("DATABASE_URL", any_database)
    command = [sys.executable, "-m", "bot.privacy", "--endpoints", str(endpoints), "erase"]
    done = subprocess.run([*command, "one"], capture_output=True, text=True, check=False)
    assert "Erased" in done.stdout, done.stderr
    unknown = subprocess.run([*command, "nobody"], capture_output=True, text=True, check=False)
    assert unknown.returncode == 1
    assert "Nothing is kept of 'nobody'" in unknown.stderr
