"""Conversations on Messenger: over the real webhook, queue, worker and model."""

from __future__ import annotations

from tests.messenger.page import Page, somebody, titles


def test_get_started_brings_the_notice_and_the_greeting_with_choices(page: Page) -> None:
    person = somebody()
    notice, greeting = page.open(person)
    assert "HIPAA" in notice["text"]
    assert greeting["text"].startswith("Hello!")
    assert titles(greeting)
    kinds = [call.kind for call in page.graph.calls if call.psid == person]
    assert sorted(kinds[:2]) == ["mark_seen", "typing_on"]
    assert not any(call.token_in_url for call in page.graph.calls)
