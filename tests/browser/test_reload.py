"""A reload of the chat page in Chromium: the conversation is shown as it was, and goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.steps import TURN, picture, take, wait_for
from tests.conversations.scenario import Step, load_scenario


@pytest.fixture
def forgetful_page(playwright: Playwright, site: str, tmp_path: Path) -> Iterator[Page]:
    """The chat page, opened in a Chromium that is set to block what pages keep."""
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(blocked), encoding="utf-8")
    context = playwright.chromium.launch_persistent_context(tmp_path, executable_path=CHROMIUM, args=FLAGS)
    page = context.new_page()
    page.goto(site)
    wait_for(page, ["utter_greet"])
    yield page
    context.close()


def reload(page: Page, newest: list[str]) -> None:
    """Reloads the page, and waits until the newest replies are of these responses."""
    page.reload()
    wait_for(page, newest)


def shown(page: Page) -> list[list[str | None]]:
    """What stands in the log: each message and button with its look, its words and its response."""
    found: list[list[str | None]] = page.locator(".message, .buttons button").evaluate_all(
        "all => all.map((one) => [one.className.trim(), one.textContent, one.dataset.response ?? null])"
    )
    return found


def test_a_reload_in_the_middle_of_triage_shows_the_log_as_it_was_and_goes_on(page: Page) -> None:
    steps = load_scenario("first_visit")
    for step in steps[:7]:
        take(page, step)
    before = shown(page)
    reload(page, steps[6].bot)
    assert shown(page) == before
    picture(page, "reloaded")
    take(page, Step(None, "5: medium", ["utter_ask_triage_form_worse_with"]))
    reload(page, ["utter_ask_triage_form_worse_with"])
    take(page, steps[8])


def test_an_alarm_still_stands_out_after_a_reload(page: Page) -> None:
    alarm = ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]
    take(page, Step("i cant feel my legs", None, alarm))
    reload(page, alarm)
    assert page.locator(".message.alarm").count() == 1
    assert page.locator(".buttons").count() == 0


def test_hostile_text_is_shown_as_text_after_a_reload(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"the page ran {dialog.message}"))
    page.get_by_label("Your message").fill("<img src=x onerror=alert(1)>")
    page.keyboard.press("Enter")
    page.locator(".message.mine ~ .message[data-response]").first.wait_for(timeout=TURN)
    page.reload()
    page.locator(".message.mine ~ .message[data-response]").first.wait_for(timeout=TURN)
    assert page.locator(".message.mine").inner_text() == "<img src=x onerror=alert(1)>"


def test_a_reload_without_a_connection_does_not_lose_the_conversation(open_page: Page) -> None:
    page = open_page
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    before = shown(page)
    page.route("**/sessions", lambda route: route.abort())
    page.reload()
    page.locator(".message", has_text="could not reach").wait_for(timeout=TURN)
    page.unroute("**/sessions")
    reload(page, ["utter_ask_what_is_psoas"])
    assert shown(page) == before


def test_another_tab_has_a_conversation_of_its_own(chromium: Browser, site: str) -> None:
    context = chromium.new_context()
    page, other = context.new_page(), context.new_page()
    page.goto(site)
    wait_for(page, ["utter_greet"])
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    other.goto(site)
    wait_for(other, ["utter_greet"])
    assert other.locator(".message.mine").count() == 0
    context.close()


def test_where_the_browser_keeps_nothing_the_page_works_and_a_reload_begins_anew(forgetful_page: Page) -> None:
    page = forgetful_page
    assert page.evaluate("() => { try { return !sessionStorage; } catch { return true; } }")
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    reload(page, ["utter_greet"])
    assert page.locator(".message.mine").count() == 0
