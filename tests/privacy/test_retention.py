"""What is older than its limit goes, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import update

from bot.privacy.retention import Limits, enforce_retention, the_limits
from bot.storage import Database, the_keyring
from bot.storage.columns import now
from bot.storage.conversations import ConversationLog
from bot.storage.models import AuditRow, BookingRequestRow, LoginFailureRow, TurnRow, UnclearMessageRow
from tests.privacy.conftest import Say
from tests.privacy.test_erasure import fill, kept

DAY = 24 * 60 * 60


def test_the_limits_are_those_that_patients_are_told() -> None:
    assert (the_limits().conversations, the_limits().requests) == (30, 90)


def test_a_limit_of_no_days_is_refused() -> None:
    with pytest.raises(ValidationError):
        Limits(**{**the_limits().dict(), "requests": 0})


def test_what_is_older_than_its_limit_goes_and_the_rest_stays(database: Database, log: ConversationLog) -> None:
    moments = {
        BookingRequestRow: ("changed_at", 90),
        TurnRow: ("at", 90),
        UnclearMessageRow: ("at", 30),
    }
    for conversation in ("old", "young"):
        fill(database, conversation)
    with database.unit_of_work() as session:
        name = the_keyring().pseudonym("old")
        for table, (column, days) in moments.items():
            old = {column: now() - timedelta(days=days, minutes=1)}
            session.execute(update(table).where(table.conversation == name).values(old))
            young = {column: now() - timedelta(days=days) + timedelta(minutes=1)}
            session.execute(update(table).where(table.conversation != name).values(young))
        session.add(AuditRow(actor="kim", action="logged in", at=now() - timedelta(days=731)))
        session.add(LoginFailureRow(name="a", address="b", at=now() - timedelta(days=2)))
    assert enforce_retention(database, log, the_limits(), now()) == 5
    assert kept(database) == {"booking_request": 1, "notification": 1, "turn": 1, "unclear_message": 1, "erasure": 0}


def test_conversations_go_after_thirty_days(database: Database, log: ConversationLog, say: Say) -> None:
    say("old", "hello", now().timestamp() - 31 * DAY)
    say("young", "hello", now().timestamp() - 29 * DAY)
    enforce_retention(database, log, the_limits(), now())
    assert log.conversation_ids() == ["young"]


def test_before_the_first_chat_there_is_nothing_to_delete(database: Database, log: ConversationLog) -> None:
    assert enforce_retention(database, log, the_limits(), now()) == 0
