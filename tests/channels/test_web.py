"""The web channel over HTTP: sessions, messages, buttons, and what it refuses."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.utils.endpoints import read_endpoint_config

from bot.channels.limits import Limits
from bot.channels.origins import Origins
from bot.channels.requests import TextBody
from bot.channels.sessions import Session
from bot.channels.typed import MOST_CHARACTERS
from bot.channels.web import WebChannel
from bot.run.services import Services, endpoints_for, free_port, start_rasa_server
from tests.channels.browser import Browser, ask, names, new_key
from tests.site import own_tracker_store


@pytest.fixture
def browser(site: str) -> Browser:
    """A fresh session."""
    return Browser(site)


def test_a_session_begins_with_the_opening_line(browser: Browser) -> None:
    (opening,) = browser.opening["messages"]
    assert opening["response"] == "utter_greet"
    assert "911" in opening["text"]


@pytest.mark.parametrize(
    "body", [{"consent": False}, {}, [], {"consent": 1}, {"consent": True, "conversation": "mine"}]
)
def test_without_consent_no_session_begins(site: str, body: object) -> None:
    status, answer = ask(f"{site}/webhooks/web/sessions", json.dumps(body).encode())
    assert status == 400
    assert "token" not in answer
    assert "(973) 564-7676" in answer["messages"][0]["text"]


def test_consent_is_kept_with_the_conversation(browser: Browser, site_endpoints: Path) -> None:
    conversation, _ = URLSafeTimedSerializer(os.environ["WEB_SECRET"], salt="session").loads(browser.token)
    store = read_endpoint_config(str(site_endpoints), "tracker_store")
    tracker = asyncio.run(TrackerStore.create(store, Domain.empty()).retrieve_full_tracker(conversation))
    assert tracker is not None
    (opening,) = [event for event in tracker.events if isinstance(event, UserUttered)]
    assert opening.metadata["consent"] is True


def test_typed_text_and_buttons_are_answered(browser: Browser) -> None:
    assert names(browser.say("what is the psoas muscle")) == ["utter_ask_what_is_psoas"]
    assert names(browser.press("What are the signs?")) == ["utter_ask_signs"]


@pytest.mark.parametrize(
    "typed", ["/report_emergency", " /report_emergency", "//report_emergency", "/ / /report_emergency"]
)
def test_a_typed_command_is_text(browser: Browser, typed: str) -> None:
    assert "utter_emergency" not in names(browser.say(typed))


def test_a_button_of_another_session_is_refused(site: str, browser: Browser) -> None:
    stolen = Browser(site).offered["I have symptoms"]
    answer = browser.post("messages", {"key": new_key(), "button": stolen}, browser.token)
    assert answer["status"] == 200
    assert names(answer["messages"]) == [None]


@pytest.mark.parametrize("forged", ["/restart", "", "a.b"])
def test_a_forged_button_is_refused_in_words(browser: Browser, forged: str) -> None:
    answer = browser.post("messages", {"key": new_key(), "button": forged}, browser.token)
    assert answer["status"] == 200
    assert "no longer works" in answer["messages"][0]["text"]


def test_a_button_signed_with_another_secret_is_refused(browser: Browser) -> None:
    forged = URLSafeSerializer("guess", salt="button").dumps(["anyone", "/restart"])
    answer = browser.post("messages", {"key": new_key(), "button": forged}, browser.token)
    assert "no longer works" in answer["messages"][0]["text"]


@pytest.mark.parametrize("token", [None, "", "guess", "a.b.c"])
def test_without_a_session_nothing_is_processed(browser: Browser, token: str | None) -> None:
    answer = browser.post("messages", {"key": new_key(), "text": "hi"}, token)
    assert answer["status"] == 401
    assert "911" in answer["messages"][0]["text"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        7,
        None,
        {},
        {"text": "a message without a key"},
        {"key": "a key, not one", "text": "hi"},
        {"key": "short", "text": "hi"},
        {"key": 12345678, "text": "hi"},
        {"key": "12345678"},
        {"key": "12345678", "text": 7},
        {"key": "12345678", "text": None},
        {"key": "12345678", "button": 7},
        {"key": "12345678", "text": "hi", "button": "x"},
        {"key": "12345678", "text": "hi", "sender": "another"},
        {"__pydantic_self__": 1},
    ],
)
def test_a_body_of_another_shape_is_refused_in_words(browser: Browser, body: object) -> None:
    answer = browser.post("messages", body, browser.token)
    assert answer["status"] == 400
    assert "(973) 564-7676" in answer["messages"][0]["text"]


def test_only_json_is_read(browser: Browser) -> None:
    message = {"key": new_key(), "text": "hi"}
    assert browser.post("messages", message, browser.token, kind="text/plain")["status"] == 400
    status, _ = ask(f"{browser.channel}/messages", b"{not json", browser.token)
    assert status == 400


@pytest.mark.parametrize(
    ("text", "words"), [("x" * (MOST_CHARACTERS + 1), "too long"), ("  ", "words"), ("///", "words")]
)
def test_what_cannot_be_read_is_answered_in_words(browser: Browser, text: str, words: str) -> None:
    (message,) = browser.say(text)
    assert words in message["text"]
    assert message["response"] is None


def test_the_menu_is_always_offered(browser: Browser) -> None:
    browser.say("what is the psoas muscle")
    for item, response in (("start_over", "utter_restart"), ("delete", "utter_confirm_erasure")):
        answer = browser.post("messages", {"key": new_key(), "button": browser.menu[item]}, browser.token)
        assert response in names(answer["messages"])


def test_only_a_question_of_triage_tells_how_far_it_is(browser: Browser) -> None:
    *before, question = browser.say("my hip hurts when i get up")
    assert [message["progress"] for message in before] == [None] * len(before)
    assert question["progress"] == {"number": 2, "of": 13}
    assert "Question 2 of 13" in question["text"]


@pytest.mark.parametrize(
    ("text", "response"), [("i want to kill myself", "utter_crisis"), ("i cant feel my legs", "utter_emergency")]
)
@pytest.mark.parametrize("before", ["my knee is stiff in the morning. " * 40, ""])
@pytest.mark.parametrize("after", [" and the office is far away" * 400, ""])
def test_an_alarm_in_a_text_that_is_too_long_to_be_read_is_still_raised(
    browser: Browser, before: str, text: str, response: str, after: str
) -> None:
    assert names(browser.say(before + text + after))[0] == response


def test_an_alarm_offers_no_button(browser: Browser) -> None:
    messages = browser.say("i cant feel my legs and i wet myself")
    assert names(messages) == ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]
    assert browser.offered == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)
TYPED = st.builds(lambda text: {"key": new_key(), "text": text}, st.text(max_size=300))


@settings(max_examples=90, deadline=None)
@given(st.one_of(st.binary(max_size=300), (TYPED | JSON).map(lambda body: json.dumps(body).encode())))
def test_no_body_crashes_the_channel(site: str, body: bytes) -> None:
    token = Browser(site).token
    status, answer = ask(f"{site}/webhooks/web/messages", body, token)
    assert status in (200, 400)
    assert answer["messages"][0]["text"]


@pytest.mark.parametrize(
    "path", ["/webhooks/rest/webhook", "/socket.io/", "/conversations/x/tracker", "/model", "/domain"]
)
def test_rasas_own_doors_are_shut(site: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(site + path, timeout=10)
    assert error.value.code == 404


def test_a_failing_agent_gets_the_patient_words_and_leaves_no_text_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fails(message: object) -> None:
        raise RuntimeError("my secret symptom")

    channel = WebChannel("secret", Origins({}), Limits({}))
    body = TextBody(key=new_key(), text="my secret symptom")

    async def a_turn() -> list[dict[str, Any]]:
        return await channel._begin(fails, Session("someone", 0), body, []).whole()

    with caplog.at_level(logging.DEBUG):
        (said,) = asyncio.run(a_turn())
    assert "(973) 564-7676" in said["text"]
    assert "911" in said["text"]
    assert "RuntimeError" in caplog.text
    assert "secret symptom" not in caplog.text


def test_without_its_action_server_the_assistant_still_answers(
    model: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    port = free_port()
    endpoints = own_tracker_store(endpoints_for(free_port()), tmp_path_factory.mktemp("lonely"))
    with Services() as services:
        start_rasa_server(services, "127.0.0.1", port, endpoints)
        services.wait_until_ready()
        browser = Browser(f"http://127.0.0.1:{port}")
        assert names(browser.say("what causes it")) == ["utter_ask_causes"]
        browser.press("How is it treated?")
        for text in ["book me in", "Maria Lopez", "973-555-0188", "friday", "posture", "yes"]:
            browser.say(text)
        (message,) = browser.press("Yes, send it")
        assert "(973) 564-7676" in message["text"]
        assert message["response"] is None
