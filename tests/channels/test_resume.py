"""A page that is reloaded: its session gives the conversation so far, and nobody else's does."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.history import MOST_MESSAGES, conversation_so_far
from bot.run.services import LOGS, Services, endpoints_for, free_port, start_rasa_server
from tests.channels.test_web import Browser, names
from tests.site import own_tracker_store

DAY = 24 * 60 * 60


class YesterdaysSigner(TimestampSigner):
    """Signs as it was done a little more than a day ago."""

    def get_timestamp(self) -> int:
        return int(time.time()) - DAY - 60


@pytest.fixture
def browser(site: str) -> Browser:
    """A fresh session."""
    return Browser(site)


def reload(browser: Browser) -> list[dict[str, Any]]:
    """Opens the page anew with the session that it kept; gives the conversation so far."""
    answer = browser.post("sessions", {}, browser.token)
    assert answer["status"] == 200
    assert answer["token"] == browser.token
    return browser._keep(answer)


def said(messages: list[dict[str, Any]]) -> list[str]:
    """What the patient said."""
    return [message["text"] for message in messages if message["by"] == "patient"]


def is_new(browser: Browser, token: str | None) -> bool:
    """Whether a token opens a new session with nothing but the greeting."""
    answer = browser.post("sessions", {}, token)
    return answer["status"] == 200 and answer["token"] != token and names(answer["messages"]) == ["utter_greet"]


def signed(conversation: str, signer: type[TimestampSigner] = TimestampSigner, secret: str | None = None) -> str:
    """A session's token."""
    serializer = URLSafeTimedSerializer(secret or os.environ["WEB_SECRET"], salt="session", signer=signer)
    return str(serializer.dumps(conversation))


def conversation_of(browser: Browser) -> str:
    """The id within a session's token."""
    return str(URLSafeTimedSerializer(os.environ["WEB_SECRET"], salt="session").loads(browser.token))


def test_a_kept_session_gives_the_conversation_so_far(browser: Browser) -> None:
    live = browser.opening["messages"]
    typed = browser.say("What is the PSOAS muscle?? <b>thanks</b>")
    pressed = browser.press("What are the signs?")
    messages = reload(browser)
    by = ["assistant", "patient", "assistant", "patient", "assistant"]
    assert [message["by"] for message in messages] == by
    assert said(messages) == ["What is the PSOAS muscle?? <b>thanks</b>", "What are the signs?"]
    told = [(message["text"], message["response"]) for message in messages if message["by"] == "assistant"]
    assert told == [(message["text"], message["response"]) for message in [*live, *typed, *pressed]]


def test_the_last_buttons_alone_come_back_and_go_on(browser: Browser) -> None:
    (*_, question) = browser.say("my hip hurts when i get up")
    messages = reload(browser)
    assert [message["buttons"] for message in messages[:-1]] == [[]] * (len(messages) - 1)
    titles = [button["title"] for button in question["buttons"]]
    assert [button["title"] for button in messages[-1]["buttons"]] == titles
    assert names(browser.press("A few weeks")) == ["utter_ask_triage_form_pain_trigger"]
    assert said(reload(browser)) == ["my hip hurts when i get up", "A few weeks"]


def test_the_opening_command_is_not_shown(browser: Browser) -> None:
    (message,) = reload(browser)
    assert message["response"] == "utter_greet"
    assert "I have symptoms" in browser.offered


def test_a_button_of_a_reloaded_page_is_refused_in_another_session(site: str, browser: Browser) -> None:
    reload(browser)
    answer = Browser(site)
    refused = answer.post("messages", {"button": browser.offered["I have symptoms"]}, answer.token)
    assert "no longer works" in refused["messages"][0]["text"]


@pytest.mark.parametrize("token", [None, "", "guess", "a.b.c", "\xff"])
def test_a_token_that_is_none_opens_a_new_session(browser: Browser, token: str | None) -> None:
    assert is_new(browser, token)


def test_an_expired_session_is_not_resumed(browser: Browser) -> None:
    assert not is_new(browser, signed(conversation_of(browser)))
    assert is_new(browser, signed(conversation_of(browser), YesterdaysSigner))


def test_an_unknown_conversation_opens_a_new_session(browser: Browser) -> None:
    assert is_new(browser, signed("a conversation that was erased"))


def test_anothers_conversation_is_not_reachable(site: str, browser: Browser) -> None:
    other = Browser(site)
    other.say("a secret of another patient")
    assert said(reload(browser)) == []
    own_signature = browser.token.partition(".")[2]
    others_conversation = other.token.partition(".")[0]
    assert is_new(browser, f"{others_conversation}.{own_signature}")
    assert is_new(browser, conversation_of(other))
    assert is_new(browser, signed(conversation_of(other), secret="guess"))
    claim = {"token": other.token, "conversation": conversation_of(other), "sender": conversation_of(other)}
    assert said(browser.post("sessions", claim, browser.token)["messages"]) == []


def so_far(folder: Path, events: list[Event]) -> list[dict[str, Any]]:
    """What is read of a conversation with these events out of a real store."""
    store = SQLTrackerStore(Domain.empty(), db=str(folder / "tracker.db"))

    async def write_and_read() -> list[dict[str, Any]]:
        await store.save(DialogueStateTracker.from_events("someone", events))
        return await conversation_so_far(FailSafeTrackerStore(store), "someone")

    return asyncio.run(write_and_read())


def test_of_a_long_conversation_the_last_messages_come_back(tmp_path: Path) -> None:
    messages = so_far(tmp_path, [UserUttered(str(number)) for number in range(MOST_MESSAGES + 9)])
    assert said(messages) == [str(number) for number in range(9, MOST_MESSAGES + 9)]


def test_all_sessions_of_the_conversation_come_back(tmp_path: Path) -> None:
    events = [SessionStarted(), UserUttered("before the break"), SessionStarted(), UserUttered("after it")]
    assert said(so_far(tmp_path, events)) == ["before the break", "after it"]


def test_a_button_whose_payload_is_no_command_is_shown_by_its_title(tmp_path: Path) -> None:
    question = BotUttered("How strong is it?", {"buttons": [{"title": "5: medium", "payload": "5"}]})
    assert said(so_far(tmp_path, [question, UserUttered("5")])) == ["5: medium"]


def test_a_failing_store_gets_the_patient_words_and_leaves_no_text_in_the_log(
    model: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    port = free_port()
    folder = tmp_path_factory.mktemp("failing")
    with Services() as services:
        start_rasa_server(services, "127.0.0.1", port, own_tracker_store(endpoints_for(free_port()), folder))
        services.wait_until_ready()
        browser = Browser(f"http://127.0.0.1:{port}")
        browser.say("my secret symptom")
        with sqlite3.connect(folder / "tracker.db") as database:
            database.execute("drop table events")
        (message,) = reload(browser)
    assert "(973) 564-7676" in message["text"]
    assert "911" in message["text"]
    log = (LOGS / "Rasa_server.log").read_text(encoding="utf-8", errors="replace")
    assert "a conversation was not read: OperationalError" in log
    assert "secret symptom" not in log
