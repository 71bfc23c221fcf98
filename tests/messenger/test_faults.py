"""What becomes of answers when Meta is unwell or the worker is killed: none is lost, nobody else is kept waiting."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import select

from bot.messenger.words import the_words
from bot.storage.models import MessengerEventRow
from tests.messenger.bodies import batch, message, post
from tests.messenger.page import Page, somebody, texts

ANSWERS = {
    "what is psoas syndrome": "Psoas syndrome means",
    "which stretches help": "Stretches that are named",
    "where is the office": "Springfield Chiropractic Center, Dr.",
}
QUESTION, ANSWER = next(iter(ANSWERS.items()))


def error(code: int, subcode: int | None = None) -> dict[str, Any]:
    return {"error": {"message": "no", "type": "OAuthException", "code": code, "error_subcode": subcode}}


def known(page: Page) -> str:
    person = somebody()
    page.open(person)
    return person


def attempts(page: Page, person: str) -> int:
    """How often Meta was asked to take a message."""
    return sum(call.psid == person and call.kind == "message" for call in page.graph.calls)


def failures(page: Page) -> list[str]:
    with page.database.unit_of_work() as session:
        rows = select(MessengerEventRow.failure).where(MessengerEventRow.failure.is_not(None))
        return list(session.execute(rows.order_by(MessengerEventRow.id)).scalars())


@pytest.mark.parametrize("body", ["<html>Sorry</html>", error(2), error(613), error(1200, 2018022)])
def test_what_fails_for_the_moment_is_sent_again_and_arrives_once(page: Page, body: Any) -> None:
    person = known(page)
    page.graph.order_fault(
        psid=person, kind="message", times=2, status=500 if isinstance(body, str) else 400, body=body
    )
    (answer,) = page.say(person, QUESTION)
    assert answer["text"].startswith(ANSWER)


@pytest.mark.parametrize("manner", ["reset", "hang"])
def test_a_call_that_is_never_answered_is_made_again(page: Page, manner: str) -> None:
    person = known(page)
    page.graph.order_fault(psid=person, kind="message", manner=manner)
    (answer,) = page.say(person, QUESTION)
    assert answer["text"].startswith(ANSWER)


@pytest.mark.parametrize("code", [190, 10, 551, 200, 368])
def test_what_meta_refuses_for_good_is_not_sent_again_and_is_noted_by_its_codes(page: Page, code: int) -> None:
    person = known(page)
    before = attempts(page, person)
    page.graph.order_fault(psid=person, kind="message", status=400, body=error(code, 123))
    assert page.say(person, "my low back hurts") == []  # three bubbles, of which the first was refused
    assert attempts(page, person) == before + 1
    assert failures(page)[-1] == f"final {code}/123"
    assert page.say(person, QUESTION)[-1]["text"].startswith(ANSWER)


def test_a_form_that_meta_does_not_take_is_sent_in_plain_words(page: Page) -> None:
    person = known(page)
    page.graph.order_fault(psid=person, kind="message", status=400, body=error(100))
    (answer,) = page.say(person, QUESTION)
    assert answer.keys() == {"text"}
    page.graph.order_fault(psid=person, kind="message", status=400, body=error(100))
    (answer,) = page.say(person, "i want a visit")
    assert "#clinic-chat" in answer["text"]
    assert "+19735647676" in answer["text"]


def test_a_longer_trouble_loses_no_answer_keeps_the_order_and_keeps_nobody_else_waiting(page: Page) -> None:
    person, other = known(page), known(page)
    before = len(page.graph.sent(person))
    page.graph.order_fault(psid=person, kind="message", times=4, status=503)
    assert post(page.webhook, batch(*(message(person, words) for words in ANSWERS))) == 200
    begun = time.monotonic()
    assert post(page.webhook, batch(message(other, QUESTION))) == 200
    page.wait_until(lambda: len(page.graph.sent(other)) > 2, 5)
    assert len(page.graph.sent(person)) == before
    page.wait()
    assert time.monotonic() - begun > 4  # it was put off once
    said = texts(page.graph.sent(person)[before:])
    assert [text.startswith(begins) for text, begins in zip(said, ANSWERS.values(), strict=True)] == [True] * 3


def test_killing_the_worker_loses_nothing_and_nothing_is_answered_in_other_words(page: Page) -> None:
    page.graph.delay = 0.2
    people = [somebody() for _ in range(12)]
    for words in ANSWERS:
        assert post(page.webhook, batch(*(message(person, words) for person in people))) == 200
    for _ in range(3):
        time.sleep(1.5)
        page.kill_messenger()
    page.wait(120)
    page.graph.delay = 0
    twice = 0
    for person in people:
        said = [text for text in texts(page.graph.sent(person)) if text.startswith(tuple(ANSWERS.values()))]
        once = list(dict.fromkeys(said))
        assert [text.startswith(begins) for text, begins in zip(once, ANSWERS.values(), strict=True)] == [True] * 3
        assert said == sorted(said, key=once.index)
        twice += len(said) - len(once)
    assert twice <= len(people)  # at most the call that was under way when the worker was killed


def test_a_bubble_that_meta_does_not_take_at_all_does_not_hold_back_the_others(page: Page) -> None:
    person = known(page)
    page.graph.order_fault(psid=person, kind="message", status=400, body=error(100))
    disclaimer, handoff = page.say(person, "my low back hurts")
    assert disclaimer["text"].startswith("Please note")
    assert handoff["attachment"]
    assert failures(page)[-1] == "message 100/None"


def test_the_notice_counts_as_given_only_when_meta_has_taken_it(page: Page) -> None:
    person = somebody()
    page.graph.order_fault(psid=person, kind="message", status=400, body=error(551))
    assert page.open(person) == []
    assert page.say(person, QUESTION)[0]["text"] == the_words().notice
