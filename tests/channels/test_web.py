"""The web channel over HTTP: sessions, messages, buttons, and what it refuses."""

from __future__ import annotations

import asyncio
import json
import logging
import urllib.error
import urllib.request
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from bot.channels.web import MOST_CHARACTERS, WebChannel
from bot.run.services import Services, endpoints_for, free_port, start_rasa_server
from tests.site import own_tracker_store


class Browser:
    """What the chat page does, without the page."""

    def __init__(self, site: str) -> None:
        self.channel = f"{site}/webhooks/web"
        self.opening = self.post("sessions", {})
        self.token = self.opening["token"]
        self.offered: dict[str, str] = {}
        self._keep(self.opening)

    def post(self, path: str, body: object, token: str | None = None, kind: str = "application/json") -> dict[str, Any]:
        """Posts a body; gives the answer with its status."""
        status, answer = post(f"{self.channel}/{path}", json.dumps(body).encode(), token, kind)
        return {**answer, "status": status}

    def say(self, text: str) -> list[dict[str, Any]]:
        """Types a message; gives the replies."""
        return self._keep(self.post("messages", {"text": text}, self.token))

    def press(self, title: str) -> list[dict[str, Any]]:
        """Takes a button."""
        return self._keep(self.post("messages", {"button": self.offered[title]}, self.token))

    def _keep(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = answer["messages"]
        self.offered = {button["title"]: button["id"] for button in messages[-1]["buttons"]}
        return messages


def post(address: str, body: bytes, token: str | None, kind: str = "application/json") -> tuple[int, dict[str, Any]]:
    """Posts bytes; gives status and JSON."""
    headers = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(address, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.fixture
def browser(site: str) -> Browser:
    """A fresh session."""
    return Browser(site)


def names(messages: list[dict[str, Any]]) -> list[str]:
    return [message["response"] for message in messages]


def test_a_session_begins_with_the_opening_line(browser: Browser) -> None:
    (opening,) = browser.opening["messages"]
    assert opening["response"] == "utter_greet"
    assert "911" in opening["text"]


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
    answer = browser.post("messages", {"button": stolen}, browser.token)
    assert answer["status"] == 200
    assert names(answer["messages"]) == [None]


@pytest.mark.parametrize("forged", ["/restart", "", None, 7, ["/restart"], {"a": 1}])
def test_a_forged_button_is_refused_in_words(browser: Browser, forged: object) -> None:
    answer = browser.post("messages", {"button": forged}, browser.token)
    assert answer["status"] == 200
    assert "no longer works" in answer["messages"][0]["text"]


def test_a_button_signed_with_another_secret_is_refused(browser: Browser) -> None:
    forged = URLSafeSerializer("guess", salt="button").dumps(["anyone", "/restart"])
    assert "no longer works" in browser.post("messages", {"button": forged}, browser.token)["messages"][0]["text"]


@pytest.mark.parametrize("token", [None, "", "guess", "a.b.c"])
def test_without_a_session_nothing_is_processed(browser: Browser, token: str | None) -> None:
    answer = browser.post("messages", {"text": "hi"}, token)
    assert answer["status"] == 401
    assert "911" in answer["messages"][0]["text"]


@pytest.mark.parametrize("body", [[], "text", 7, None, {}, {"text": 7}, {"text": None}])
def test_a_body_of_another_shape_is_refused_in_words(browser: Browser, body: object) -> None:
    answer = browser.post("messages", body, browser.token)
    assert answer["status"] == 400
    assert "(973) 564-7676" in answer["messages"][0]["text"]


def test_only_json_is_read(browser: Browser) -> None:
    assert browser.post("messages", {"text": "hi"}, browser.token, kind="text/plain")["status"] == 400
    status, _ = post(f"{browser.channel}/messages", b"{not json", browser.token)
    assert status == 400


@pytest.mark.parametrize(
    ("text", "words"), [("x" * (MOST_CHARACTERS + 1), "too long"), ("  ", "words"), ("///", "words")]
)
def test_what_cannot_be_read_is_answered_in_words(browser: Browser, text: str, words: str) -> None:
    (message,) = browser.say(text)
    assert words in message["text"]
    assert message["response"] is None


def test_an_alarm_offers_no_button(browser: Browser) -> None:
    messages = browser.say("i cant feel my legs and i wet myself")
    assert names(messages) == ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]
    assert browser.offered == {}


@settings(max_examples=60, deadline=None)
@given(
    body=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: json.dumps({"text": text}).encode()))
)
def test_no_body_crashes_the_channel(site: str, body: bytes) -> None:
    token = Browser(site).token
    status, answer = post(f"{site}/webhooks/web/messages", body, token)
    assert status in (200, 400)
    assert answer["messages"][0]["text"]


@pytest.mark.parametrize(
    "path", ["/webhooks/rest/webhook", "/socket.io/", "/conversations/x/tracker", "/model", "/domain"]
)
def test_rasas_own_doors_are_shut(site: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(site + path, timeout=10)
    assert error.value.code == 404


@pytest.mark.parametrize("path", ["/", "/webhooks/web/widget.js", "/webhooks/web/widget.css", "/webhooks/web/page.css"])
def test_the_page_comes_with_a_strict_policy(site: str, path: str) -> None:
    with urllib.request.urlopen(site + path, timeout=10) as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["..%2f..%2fconfig.yml", "index.html", "__init__.py"])
def test_no_other_file_is_served(site: str, name: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{site}/webhooks/web/{name}", timeout=10)
    assert error.value.code == 404


def test_a_failing_agent_gets_the_patient_words_and_leaves_no_text_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fails(message: object) -> None:
        raise RuntimeError("my secret symptom")

    with caplog.at_level(logging.DEBUG, logger="bot"):
        (message,) = asyncio.run(WebChannel("secret")._converse(fails, "someone", "my secret symptom"))
    assert "(973) 564-7676" in message["text"]
    assert "911" in message["text"]
    assert caplog.text
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
