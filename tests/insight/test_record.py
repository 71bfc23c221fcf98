"""What is written down of a turn, and what never is."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from datetime import datetime, timezone
from typing import Any

import pytest
from sanic import Sanic
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.limits import Limits
from bot.channels.origins import Origins
from bot.channels.requests import ButtonBody, TextBody
from bot.channels.sessions import Session
from bot.channels.web import WebChannel
from bot.insight import recorder as recorder_module
from bot.insight.record import record_turn
from bot.insight.recorder import Recorder
from bot.insight.turns import turns_file
from bot.storage import Database, migrate
from tests.insight.rows import turns, unclear

NOW = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
PERSONAL = "my name is Maria Lopez, 973-555-0188, my hip hurts"
NOT_KEPT = sorted(
    {*turns_file().happens, *turns_file().ignored, *turns_file().erased}
    - turns_file().not_understood
    - turns_file().beside
)


@pytest.fixture
def url(tmp_path: Any) -> str:
    """A migrated database."""
    address = f"sqlite:///{tmp_path}/any.db"
    migrate(address)
    return address


def test_a_turn_is_written_under_a_pseudonym_with_its_redacted_text(any_database: str) -> None:
    database = Database(any_database)
    record_turn(database, "conversation-1", ["utter_opening", "utter_not_understood"], PERSONAL, NOW)
    assert turns(any_database) == [("turn", "typed"), ("unclear", "not_understood")]
    assert unclear(any_database) == ["my name is [name], [number], my hip hurts"]
    with database.unit_of_work() as session:
        everything = str(session.execute(text("select * from turn")).all())
        everything += str(session.execute(text("select * from unclear_message")).all())
    for told in ("conversation-1", "Maria", "maria", "Lopez", "555-0188", "5550188"):
        assert told not in everything


def test_no_text_is_kept_where_anything_else_was_said(url: str) -> None:
    database = Database(url)
    for response in NOT_KEPT:
        record_turn(database, "one", ["utter_not_understood", response], PERSONAL, NOW)
    assert unclear(url) == []


def test_no_text_is_kept_of_a_button_or_where_no_ordinary_word_is_left(url: str) -> None:
    record_turn(Database(url), "one", ["utter_not_understood"], None, NOW)
    record_turn(Database(url), "one", ["utter_not_understood"], "xqzt 973 555 0188!", NOW)
    assert unclear(url) == []
    assert turns(url).count(("unclear", "not_understood")) == 2


def test_an_erasure_removes_the_conversation_and_records_nothing(any_database: str) -> None:
    database = Database(any_database)
    for conversation in ("one", "two"):
        record_turn(database, conversation, ["utter_not_understood"], "my hip", NOW)
    record_turn(database, "one", ["utter_data_erased"], "yes delete it", NOW)
    assert turns(any_database) == [("turn", "typed"), ("unclear", "not_understood")]
    assert unclear(any_database) == ["my hip"]


def test_a_turn_is_written_whole_or_not_at_all(url: str) -> None:
    database = Database(url)
    with database.unit_of_work() as session:
        session.execute(text("drop table unclear_message"))
    with pytest.raises(SQLAlchemyError):
        record_turn(database, "one", ["utter_not_understood"], "my hip", NOW)
    assert turns(url) == []


def test_closing_writes_all_that_waits_in_its_order(any_database: str) -> None:
    recorder = Recorder(any_database)
    for _ in range(20):
        recorder.note("one", ["utter_not_understood"], "my hip")
    recorder.note("one", ["utter_data_erased"], "yes")
    recorder.note("two", ["utter_ask_causes"], None)
    recorder.close()
    assert turns(any_database) == [("turn", "pressed"), ("topic", "ask_causes")]


def test_taking_note_takes_no_time(url: str) -> None:
    recorder = Recorder(url)
    times = []
    for _ in range(500):
        started = time.perf_counter()
        recorder.note("one", ["utter_not_understood"], PERSONAL)
        times.append(time.perf_counter() - started)
    recorder.close()
    assert sorted(times)[len(times) // 2] < 0.0002


def test_a_database_that_fails_is_logged_by_its_kind_alone_and_the_next_turn_is_written(
    url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_once(*turn: Any) -> None:
        monkeypatch.undo()
        raise SQLAlchemyError(PERSONAL)

    monkeypatch.setattr(recorder_module, "record_turn", fails_once)
    recorder = Recorder(url)
    recorder.note("one", ["utter_not_understood"], PERSONAL)
    recorder.note("two", ["utter_ask_causes"], None)
    recorder.close()
    assert "a turn was not recorded: SQLAlchemyError" in caplog.text
    assert "Maria" not in caplog.text
    assert turns(url) == [("turn", "pressed"), ("topic", "ask_causes")]


def test_what_is_too_much_is_dropped_and_counted(
    url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()
    monkeypatch.setattr(recorder_module, "MOST_WAITING", 3)
    monkeypatch.setattr(recorder_module, "record_turn", lambda *turn: may_go_on.wait(10))
    recorder = Recorder(url)
    for _ in range(9):
        recorder.note("one", ["utter_greet"], None)
    may_go_on.set()
    recorder.close()
    assert "because too many wait: 5" in caplog.text


def test_closing_does_not_wait_for_ever(
    url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()
    monkeypatch.setattr(recorder_module, "_LAST_PATIENCE", 0.05)
    monkeypatch.setattr(recorder_module, "record_turn", lambda *turn: never.wait(10))
    recorder = Recorder(url)
    recorder.note("one", ["utter_greet"], None)
    recorder.close()
    never.set()
    assert "the database does not answer" in caplog.text


async def answers(message: Any) -> None:
    """An assistant that asks for a name, and understands nothing else."""
    await message.output_channel.send_response(
        "", {"text": "Sorry, I did not get that.", "utter_action": "utter_not_understood"}
    )


def test_the_channel_records_its_turns_and_the_typed_text_alone(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    channel = WebChannel("secret", Origins({}), Limits({}))
    app: Any = Sanic.__new__(Sanic)
    session = Session("someone", 0)
    typed = TextBody(key="12345678", text="My Hip")
    pressed = ButtonBody(key="12345679", button=channel._sessions.button(session, "a pressed button"))

    async def a_chat() -> None:
        await channel._begin_recording(app, None)
        for body in (typed, pressed):
            await channel._begin(answers, session, body, []).whole()
        await channel._end_recording(app, None)

    with caplog.at_level(logging.DEBUG, logger="bot"):
        asyncio.run(a_chat())
    assert turns(url) == [
        *(("turn", "typed"), ("unclear", "not_understood")),
        *(("turn", "pressed"), ("unclear", "not_understood")),
    ]
    assert unclear(url) == ["my [word]"]
    assert caplog.text == ""


def test_a_channel_without_a_database_still_answers(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/no/such.db")
    channel = WebChannel("secret", Origins({}), Limits({}))

    async def a_turn() -> list[dict[str, Any]]:
        await channel._begin_recording(None, None)  # type: ignore[arg-type]
        body = TextBody(key="12345678", text="my hip")
        replies = await channel._begin(answers, Session("someone", 0), body, []).whole()
        await channel._end_recording(None, None)  # type: ignore[arg-type]
        return replies

    (reply,) = asyncio.run(a_turn())
    assert reply["response"] == "utter_not_understood"
