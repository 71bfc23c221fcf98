"""The webhook as Meta meets it: verification, signatures, and no body that hurts."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.messenger import MOST_BYTES
from tests.messenger.bodies import batch, message, post, signature
from tests.messenger.fake_graph import VERIFY_TOKEN
from tests.messenger.page import Page, somebody, texts
from tests.messenger.test_events import hostile


def verify(page: Page, **asked: str) -> tuple[int, str, str]:
    """What Meta's question gives: status, kind and body."""
    query = urllib.parse.urlencode({f"hub.{name}": value for name, value in asked.items()})
    try:
        with urllib.request.urlopen(f"{page.webhook}?{query}") as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, "", ""


def test_meta_is_answered_with_its_challenge_as_plain_text(page: Page) -> None:
    status, kind, body = verify(page, mode="subscribe", verify_token=VERIFY_TOKEN, challenge="<b>1158201444</b>")
    assert (status, body) == (200, "<b>1158201444</b>")
    assert kind.startswith("text/plain")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "wrong", "challenge": "1"},
        {"mode": "subscribe", "verify_token": f"{VERIFY_TOKEN}x", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "schlüssel", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": VERIFY_TOKEN, "challenge": "1"},
        {"verify_token": VERIFY_TOKEN, "challenge": "1"},
        {"mode": "subscribe", "verify_token": VERIFY_TOKEN},
    ],
)
def test_whoever_does_not_know_the_token_is_refused(page: Page, asked: dict[str, str]) -> None:
    assert verify(page, **asked)[0] == 403


@pytest.mark.parametrize(
    "signed",
    [
        None,
        "sha256=",
        "sha256=" + "0" * 64,
        "sha1=" + "0" * 40,
        "0" * 64,
        "sha256=" + "g" * 64,
        "sha256=é",
        "SHA256=" + "0" * 64,
    ],
)
def test_what_is_not_signed_by_meta_is_refused_and_nothing_comes_of_it(page: Page, signed: str | None) -> None:
    person = somebody()
    assert post(page.webhook, batch(message(person, "hello")), signed and signed.encode().decode("latin-1")) == 403
    page.wait()
    assert not page.graph.calls


def test_the_bytes_are_what_is_signed(page: Page) -> None:
    person = somebody()
    body = json.dumps(batch(message(person, "hello")), ensure_ascii=True, separators=(",", ":")).encode()
    respelt = json.dumps(json.loads(body)).encode()
    assert post(page.webhook, respelt, signature(body)) == 403
    assert post(page.webhook, body, signature(body)) == 200
    page.wait()
    assert texts(page.graph.sent(person))


def test_a_signed_body_that_is_no_json_is_refused_without_harm(page: Page) -> None:
    for body in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 10_000):
        assert post(page.webhook, body) == 400


def test_a_body_that_is_too_large_is_refused_without_harm(page: Page) -> None:
    assert post(page.webhook, b" " * (MOST_BYTES + 1)) == 413
    assert post(page.webhook, json.dumps(batch()).encode() + b" " * 1_000_000) == 200


def test_every_event_of_a_batch_is_answered_once_and_in_order(page: Page) -> None:
    ann, ben = somebody(), somebody()
    body = batch(message(ann, "what is psoas syndrome"), message(ben, "hello"), message(ann, "which stretches help"))
    body["entry"] += batch(message(ben, "where is the office"))["entry"]
    for _ in range(3):  # Meta tells it again where it is not sure that it was heard
        assert post(page.webhook, body) == 200
    page.wait()
    assert post(page.webhook, body) == 200
    page.wait()
    begin = [text[:14] for text in texts(page.graph.sent(ann))]
    assert begin[-2:] == ["Psoas syndrome", "Stretches that"]
    assert begin.count("Psoas syndrome") == begin.count("Stretches that") == 1
    assert sum("454 Morris" in text for text in texts(page.graph.sent(ben))) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(body=hostile | st.binary(), is_signed=st.booleans())
def test_no_body_makes_the_webhook_fail(page: Page, body: Any, is_signed: bool) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    status = post(page.webhook, raw, "" if is_signed else "sha256=" + "0" * 64)
    assert status in ((200, 400) if is_signed else (403,))


def test_after_all_that_another_sender_is_answered(page: Page) -> None:
    person = somebody()
    post(page.webhook, batch(message("9" * 100, "hello"), {"sender": {"id": "x" * 500}, "message": {"text": "\ud83d"}}))
    assert "Psoas syndrome means" in texts(page.say(person, "what is psoas syndrome"))[-1]
