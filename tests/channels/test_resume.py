"""A page that is reloaded: its session gives the conversation so far, and nobody else's does."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.history import MOST_MESSAGES, conversation_so_far
from bot.channels.sessions import IDLE_SECONDS, LONGEST_SECONDS
from bot.run.services import LOGS, Services, endpoints_for, free_port, start_rasa_server
from bot.storage.tracker_store import EncryptedTrackerStore, newest_messages
from tests.channels.browser import Browser, ask, names, new_key
from tests.site import own_tracker_store


class LongAgo(TimestampSigner):
    """Signs as it was done when a session now left alone was last used."""

    def get_timestamp(self) -> int:
        return int(time.time()) - IDLE_SECONDS - 60


class WhileAgo(TimestampSigner):
    """Signs as it was done a quarter of an hour ago."""

    def get_timestamp(self) -> int:
        return int(time.time()) - 15 * 60


@pytest.fixture
def browser(site: str) -> Browser:
    """A fresh session."""
    return Browser(site)


def reload(browser: Browser) -> list[dict[str, Any]]:
    """Opens the page anew with the session that it kept; gives the conversation so far."""
    answer = browser.reload()
    assert answer["status"] == 200
    assert answer["menu"] == browser.menu
    messages: list[dict[str, Any]] = answer["messages"]
    return messages


def said(messages: list[dict[str, Any]]) -> list[str]:
    """What the patient said."""
    return [message["text"] for message in messages if message["by"] == "patient"]


def is_over(browser: Browser, token: str | None) -> bool:
    """Whether a token opens nothing, neither the history nor a turn."""
    read, _ = ask(f"{browser.channel}/history", None, token)
    said = browser.post("messages", {"key": new_key(), "text": "hi"}, token)
    return (read, said["status"]) == (401, 401)


def signed(conversation: str, born: float, signer: type[TimestampSigner] = TimestampSigner, secret: str = "") -> str:
    """A session's token."""
    serializer = URLSafeTimedSerializer(secret or os.environ["WEB_SECRET"], salt="session", signer=signer)
    return str(serializer.dumps([conversation, int(born)]))


def conversation_of(browser: Browser) -> str:
    """The id within a session's token."""
    conversation, _ = URLSafeTimedSerializer(os.environ["WEB_SECRET"], salt="session").loads(browser.token)
    return str(conversation)


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
    other = Browser(site)
    stolen = {"key": new_key(), "button": browser.offered["I have symptoms"]}
    refused = other.post("messages", stolen, other.token)
    assert "no longer works" in refused["messages"][0]["text"]


def test_a_press_on_the_menu_is_shown_as_the_page_showed_it(browser: Browser) -> None:
    browser.post("messages", {"key": new_key(), "button": browser.menu["start_over"]}, browser.token)
    assert said(reload(browser)) == ["Start over"]


def test_each_message_tells_when_it_was_said_and_still_does_so_after_a_reload(browser: Browser) -> None:
    before = datetime.now(timezone.utc).replace(microsecond=0)
    (reply,) = browser.say("what is the psoas muscle")
    *_, question, answer = reload(browser)
    assert answer["at"] == reply["at"]
    moments = [datetime.strptime(one["at"], "%Y-%m-%dT%H:%M:%S%z") for one in (question, answer)]
    assert before <= moments[0] <= moments[1] <= datetime.now(timezone.utc)


def test_how_far_triage_is_is_known_after_a_reload(browser: Browser) -> None:
    (*_, question) = browser.say("my hip hurts when i get up")
    assert reload(browser)[-1]["progress"] == question["progress"] == {"number": 2, "of": 13}


@pytest.mark.parametrize("token", [None, "", "guess", "a.b.c", "\xff"])
def test_a_token_that_is_none_opens_nothing(browser: Browser, token: str | None) -> None:
    assert is_over(browser, token)


def test_a_session_that_was_left_for_hours_is_over(browser: Browser) -> None:
    mine = conversation_of(browser)
    assert not is_over(browser, signed(mine, time.time()))
    assert is_over(browser, signed(mine, time.time(), LongAgo))


def test_a_session_is_over_after_a_day_however_busy_it_was(browser: Browser) -> None:
    mine = conversation_of(browser)
    assert not is_over(browser, signed(mine, time.time() - LONGEST_SECONDS + 60))
    assert is_over(browser, signed(mine, time.time() - LONGEST_SECONDS))


def test_a_token_that_is_no_longer_young_comes_back_renewed(browser: Browser) -> None:
    assert browser.reload()["token"] == browser.token
    old = signed(conversation_of(browser), time.time(), WhileAgo)
    renewed = browser.reload(old)["token"]
    assert renewed != old
    answer = browser.post("messages", {"key": new_key(), "text": "hi"}, old)
    assert answer["token"] not in (None, old)
    assert not is_over(browser, answer["token"])
    young = browser.post("messages", {"key": new_key(), "text": "hi"}, answer["token"])
    assert young["token"] is None


def test_the_history_of_a_conversation_that_was_erased_is_over(browser: Browser) -> None:
    token = signed("a conversation that was erased", time.time())
    assert ask(f"{browser.channel}/history", None, token)[0] == 401


def test_anothers_conversation_is_not_reachable(site: str, browser: Browser) -> None:
    other = Browser(site)
    other.say("a secret of another patient")
    assert said(reload(browser)) == []
    own_signature = browser.token.partition(".")[2]
    others_conversation = other.token.partition(".")[0]
    assert is_over(browser, f"{others_conversation}.{own_signature}")
    assert is_over(browser, conversation_of(other))
    assert is_over(browser, signed(conversation_of(other), time.time(), secret="guess"))


def so_far(folder: Path, events: list[Event]) -> list[dict[str, Any]]:
    """What is read of a conversation with these events out of a real store."""
    store = EncryptedTrackerStore(Domain.empty(), db=str(folder / "tracker.db"))

    async def write_and_read() -> list[dict[str, Any]]:
        await store.save(DialogueStateTracker.from_events("someone", events))
        return conversation_so_far(await newest_messages(FailSafeTrackerStore(store), "someone", MOST_MESSAGES), {})

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
        (told,) = browser.say("which stretches help")
        alarm = browser.say("i can't feel my legs and i wet myself")
        answer = browser.reload()
    assert "(973) 564-7676" in told["text"], "whoever is in the middle of something must not be answered beside it"
    assert alarm[0]["response"] == "utter_emergency"
    assert answer["status"] == 503
    (message,) = answer["messages"]
    assert "(973) 564-7676" in message["text"]
    assert "911" in message["text"]
    log = (LOGS / "Rasa_server.log").read_text(encoding="utf-8", errors="replace")
    assert "a conversation was not read: OperationalError" in log
    assert "secret symptom" not in log
