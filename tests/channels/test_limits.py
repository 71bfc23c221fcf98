"""How much may be asked: by a session, and by an address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels import limits as module
from bot.channels.limits import LimitError, Limits
from bot.run.services import Services, endpoints_for, free_port, start_rasa_server
from tests.channels.browser import Browser, ask, new_key
from tests.site import own_tracker_store


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_a_session_that_writes_too_fast_is_told_how_long_to_wait(clock: Clock) -> None:
    limits = Limits({"WEB_SESSION_LIMIT": "3/minute"})
    waits = []
    for _ in range(4):
        waits.append(limits.wait_for_message("someone", "192.0.2.1"))
        clock.now += 10
    assert waits == [0, 0, 0, 31]
    assert limits.wait_for_message("another", "192.0.2.1") == 0
    clock.now += 22
    assert limits.wait_for_message("someone", "192.0.2.1") == 0


def test_an_address_has_a_limit_over_all_its_sessions(clock: Clock) -> None:
    limits = Limits({"WEB_ADDRESS_LIMIT": "5/minute"})
    waits = [limits.wait_for_message(f"someone {number}", "192.0.2.1") for number in range(6)]
    assert waits == [0, 0, 0, 0, 0, 61]
    assert limits.wait_for_history("192.0.2.1") == 61
    assert limits.wait_for_history("192.0.2.2") == 0


def test_new_sessions_of_an_address_are_limited(clock: Clock) -> None:
    limits = Limits({"WEB_OPENING_LIMIT": "2 / hour"})
    assert [limits.wait_for_session("192.0.2.1") for _ in range(3)] == [0, 0, 3601]
    clock.now += 3602
    assert limits.wait_for_session("192.0.2.1") == 0


def test_a_subscriber_of_ipv6_has_one_limit_for_all_its_addresses(clock: Clock) -> None:
    limits = Limits({"WEB_OPENING_LIMIT": "1/hour"})
    assert limits.wait_for_session("2001:db8:1:2::1") == 0
    assert limits.wait_for_session("2001:db8:1:2:ffff::9") > 0
    assert limits.wait_for_session("2001:db8:1:3::1") == 0
    assert limits.wait_for_session("[2001:db8:1:2:1::1]") > 0  # as Sanic gives one behind a proxy
    assert limits.wait_for_session("no address") == 0


def test_patients_of_ipv4_behind_a_proxy_of_both_kinds_are_told_apart(clock: Clock) -> None:
    limits = Limits({"WEB_OPENING_LIMIT": "1/hour"})
    assert [limits.wait_for_session(f"::ffff:10.0.0.{number}") for number in range(1, 4)] == [0, 0, 0]
    assert limits.wait_for_session("::ffff:10.0.0.1") > 0


def test_the_memory_of_limits_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BUCKETS_KEPT", 10)
    limits = Limits({})
    for number in range(100):
        limits.wait_for_message(f"someone {number}", f"192.0.2.{number}")
    assert len(limits._messages._buckets) <= 10


@pytest.mark.parametrize("words", ["many", "0/minute", "20 per fortnight", "-3/minute", "20/minute; 3/hour"])
def test_a_limit_that_cannot_be_read_is_told_with_its_name(words: str) -> None:
    with pytest.raises(LimitError, match=r"WEB_SESSION_LIMIT.*20/minute"):
        Limits({"WEB_SESSION_LIMIT": words})


@pytest.fixture
def strict_site(model: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that takes two messages a minute of a session, and lets an address open three sessions."""
    monkeypatch.setenv("WEB_SESSION_LIMIT", "2/minute")
    monkeypatch.setenv("WEB_OPENING_LIMIT", "3/hour")
    port = free_port()
    with Services() as services:
        start_rasa_server(services, "127.0.0.1", port, own_tracker_store(endpoints_for(free_port()), tmp_path))
        services.wait_until_ready()
        yield f"http://127.0.0.1:{port}"


def test_too_much_is_refused_in_words_with_the_phone_number_and_not_processed(strict_site: str) -> None:
    browser = Browser(strict_site)
    for text in ("what is the psoas muscle", "how is it treated"):
        browser.say(text)
    refused = browser.post("messages", {"key": new_key(), "text": "what causes it"}, browser.token)
    assert refused["status"] == 429
    (words,) = refused["messages"]
    assert "(973) 564-7676" in words["text"]
    assert "911" in words["text"]
    said = [one["text"] for one in browser.reload()["messages"] if one["by"] == "patient"]
    assert said == ["what is the psoas muscle", "how is it treated"]
    for _ in range(2):
        Browser(strict_site)
    status, answer = ask(f"{strict_site}/webhooks/web/sessions", json.dumps({"consent": True}).encode())
    assert status == 429
    assert "(973) 564-7676" in answer["messages"][0]["text"]
