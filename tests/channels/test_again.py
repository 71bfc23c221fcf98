"""A message that is sent again: over a cut connection, at once, and after a restart of the server."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.run.services import Services, endpoints_for, free_port, start_rasa_server
from tests.channels.browser import Browser, names, new_key
from tests.site import own_tracker_store


@pytest.fixture
def browser(site: str) -> Browser:
    """A fresh session."""
    return Browser(site)


def said(browser: Browser) -> list[str]:
    """What the assistant has on record of the patient."""
    return [one["text"] for one in browser.reload()["messages"] if one["by"] == "patient"]


def begun(browser: Browser, body: dict[str, Any], accept: str = "application/json") -> http.client.HTTPConnection:
    """A connection on which a message was sent, and nothing read yet."""
    address = urlsplit(browser.channel)
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    headers = {"Authorization": f"Bearer {browser.token}", "Accept": accept, "Content-Type": "application/json"}
    connection.request("POST", f"{address.path}/messages", json.dumps(body), headers)
    return connection


def events(browser: Browser, body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The events of a reply that is streamed, as they come."""
    answer = begun(browser, body, "text/event-stream").getresponse()
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    name = ""
    for line in iter(answer.readline, b""):
        field, _, value = line.decode().strip().partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def test_a_message_that_is_sent_again_gets_the_same_answer_and_is_on_record_once(browser: Browser) -> None:
    key = new_key()
    assert browser.say("my hip hurts when i get up", key) == browser.say("my hip hurts when i get up", key)
    assert said(browser) == ["my hip hurts when i get up"]


def test_a_button_that_is_pressed_twice_under_one_key_counts_once(browser: Browser) -> None:
    browser.say("my hip hurts when i get up")
    key, weeks = new_key(), browser.offered["A few weeks"]
    for _ in range(2):
        answer = browser.post("messages", {"key": key, "button": weeks}, browser.token)
        assert names(answer["messages"]) == ["utter_ask_triage_form_pain_trigger"]
    assert said(browser) == ["my hip hurts when i get up", "A few weeks"]


def test_another_text_under_a_key_that_was_used_is_another_message(browser: Browser) -> None:
    key = new_key()
    browser.say("what is the psoas muscle", key)
    assert names(browser.say("i cant feel my legs", key))[0] == "utter_emergency"
    assert said(browser) == ["what is the psoas muscle", "i cant feel my legs"]


def test_what_was_erased_cannot_be_had_again_by_its_key(browser: Browser) -> None:
    body = {"key": new_key(), "text": "my hip hurts when i get up"}
    browser.post("messages", body, browser.token)
    browser.post("messages", {"key": new_key(), "button": browser.menu["delete"]}, browser.token)
    wish = new_key()
    confirmed = browser.say("Yes, delete everything", wish)
    assert browser.say("Yes, delete everything", wish) == confirmed  # where the first was lost on the way
    for answer in (browser.post("messages", body, browser.token), browser.reload()):
        assert answer["status"] == 401
        assert "hip" not in str(answer)


def test_the_same_message_many_times_at_once_is_answered_once(browser: Browser) -> None:
    body = {"key": new_key(), "text": "what is the psoas muscle"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: browser.post("messages", body, browser.token), range(8)))
    assert all(names(answer["messages"]) == ["utter_ask_what_is_psoas"] for answer in answers)
    assert said(browser) == ["what is the psoas muscle"]


def test_messages_that_come_before_the_last_was_answered_are_answered_in_their_order(browser: Browser) -> None:
    sent = ["my hip hurts when i get up", "A few weeks", "when i sit"]
    connections = [begun(browser, {"key": new_key(), "text": text}) for text in sent]
    assert [connection.getresponse().status for connection in connections] == [200, 200, 200]
    assert said(browser) == sent


def test_a_streamed_reply_is_the_whole_reply(browser: Browser) -> None:
    body = {"key": new_key(), "text": "i cant feel my legs"}
    *messages, done = events(browser, body)
    assert [name for name, _ in messages] == ["message"] * len(messages)
    assert done == ("done", {"token": None})
    told = [message for _, message in messages]
    assert names(told) == ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]
    assert browser.post("messages", body, browser.token)["messages"] == told


def test_a_turn_whose_connection_was_cut_goes_on_and_its_answer_can_be_had_again(browser: Browser) -> None:
    body = {"key": new_key(), "text": "my hip hurts when i get up"}
    begun(browser, body).close()
    answer = browser.post("messages", body, browser.token)
    assert names(answer["messages"])[-1] == "utter_ask_triage_form_pain_duration"
    assert said(browser) == ["my hip hurts when i get up"]


def test_after_a_restart_of_the_server_a_message_is_still_answered_once(model: object, tmp_path: Path) -> None:
    port, endpoints = free_port(), own_tracker_store(endpoints_for(free_port()), tmp_path)
    key, other_key = new_key(), new_key()
    with Services() as services:
        start_rasa_server(services, "127.0.0.1", port, endpoints)
        services.wait_until_ready()
        browser = Browser(f"http://127.0.0.1:{port}")
        browser.say("hello")
        before = browser.say("my hip hurts when i get up", key)
        other = browser.press("A few weeks", other_key)
    with Services() as services:
        start_rasa_server(services, "127.0.0.1", port, endpoints)
        services.wait_until_ready()
        assert browser.say("my hip hurts when i get up", key) == before
        assert browser.press("A few weeks", other_key) == other
        assert said(browser) == ["hello", "my hip hurts when i get up", "A few weeks"]
