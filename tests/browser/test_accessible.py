"""axe finds no barrier in any state of the widget, in both themes, on a wide screen and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import TURN, barriers, delete_chat, launch, launcher, open_chat, picture, say, take
from tests.conversations.scenario import Step, load_scenario

WINDOWS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"width": 390, "height": 700, "has_touch": True, "is_mobile": True},
    "phone-dark": {"width": 390, "height": 700, "has_touch": True, "is_mobile": True, "color_scheme": "dark"},
    "forced-colors": {"forced_colors": "active"},
}


@pytest.fixture(params=WINDOWS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which window."""
    return str(request.param)


@pytest.fixture
def closed(window: Callable[..., Page], site: str, kind: str) -> Page:
    """The clinic's page in that window, the panel closed."""
    page = window(**WINDOWS[kind])
    page.goto(site)
    expect(launcher(page)).to_be_visible()
    return page


def assert_no_barrier(page: Page, kind: str, state: str) -> None:
    picture(page, f"axe-{kind}-{state}")
    assert barriers(page) == []


def test_closed_and_consent(closed: Page, kind: str) -> None:
    assert_no_barrier(closed, kind, "closed")
    launch(closed)
    assert_no_barrier(closed, kind, "consent")


def test_chat_lists_links_and_menu(closed: Page, kind: str) -> None:
    open_chat(closed)
    assert_no_barrier(closed, kind, "chat")
    take(closed, Step("what are the signs", None, ["utter_ask_signs"]))
    assert_no_barrier(closed, kind, "answer")
    closed.get_by_role("button", name="Chat menu").click()
    assert_no_barrier(closed, kind, "menu")
    closed.get_by_role("button", name="About and privacy").click()
    assert_no_barrier(closed, kind, "about")


def test_triage_and_its_end(closed: Page, kind: str) -> None:
    open_chat(closed)
    for number, step in enumerate(load_scenario("first_visit")[:18]):
        take(closed, step)
        if number in (4, 17):
            assert_no_barrier(closed, kind, f"triage-{number}")


def test_emergency(closed: Page, kind: str) -> None:
    open_chat(closed)
    alarm = ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]
    take(closed, Step("i cant feel my legs", None, alarm))
    assert_no_barrier(closed, kind, "emergency")


def test_not_sent_and_offline(closed: Page, kind: str) -> None:
    open_chat(closed)
    closed.route("**/messages", lambda route: route.abort())
    say(closed, "my hip hurts")
    expect(closed.get_by_role("button", name="Try again")).to_be_visible(timeout=TURN)
    assert_no_barrier(closed, kind, "not-sent")


def test_waiting(closed: Page, kind: str) -> None:
    open_chat(closed)
    closed.route("**/messages", lambda route: None)
    say(closed, "my hip hurts")
    expect(closed.locator(".dots")).to_be_visible()
    assert_no_barrier(closed, kind, "waiting")


def test_session_that_is_over(closed: Page, kind: str) -> None:
    open_chat(closed)
    closed.evaluate("localStorage.setItem(Object.keys(localStorage)[0], 'expired')")
    say(closed, "my hip hurts")
    expect(closed.get_by_role("button", name="Start a new chat")).to_be_visible(timeout=TURN)
    assert_no_barrier(closed, kind, "over")


def test_deleted(closed: Page, kind: str) -> None:
    open_chat(closed)
    delete_chat(closed)
    assert_no_barrier(closed, kind, "deleted")
