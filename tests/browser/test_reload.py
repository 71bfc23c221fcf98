"""A reload, a second tab, and what the browser keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, Route, expect

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.steps import (
    AGREE,
    TURN,
    choose,
    delete_chat,
    launch,
    launcher,
    mine,
    open_chat,
    picture,
    say,
    shown,
    take,
    wait_for,
)
from tests.conversations.scenario import Step, load_scenario

ALARM = ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]


@pytest.fixture
def forgetful_page(playwright: Playwright, site: str, tmp_path: Path) -> Iterator[Page]:
    """The widget, opened in a Chromium that is set to block what pages keep."""
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(blocked), encoding="utf-8")
    context = playwright.chromium.launch_persistent_context(tmp_path, executable_path=CHROMIUM, args=FLAGS)
    page = context.new_page()
    page.goto(site)
    open_chat(page)
    yield page
    context.close()


def reload(page: Page, newest: list[str]) -> None:
    """Reloads the page, and waits until the newest replies are of these responses."""
    page.reload()
    wait_for(page, newest)


def test_a_reload_in_the_middle_of_triage_shows_the_log_as_it_was_and_goes_on(page: Page) -> None:
    steps = load_scenario("first_visit")
    for step in steps[:7]:
        take(page, step)
    before = shown(page)
    reload(page, steps[6].bot)
    assert shown(page) == before
    expect(page.get_by_role("progressbar")).to_be_visible()
    picture(page, "reloaded")
    take(page, Step(None, "5: medium", ["utter_ask_triage_form_worse_with"]))
    reload(page, ["utter_ask_triage_form_worse_with"])
    take(page, steps[8])


def test_a_reload_in_the_middle_of_booking_goes_on(page: Page) -> None:
    take(page, Step(None, "Ask for a visit", ["utter_book_appointment", "utter_ask_booking_form_patient_name"]))
    take(page, Step("Maria Lopez", None, ["utter_ask_booking_form_contact"]))
    reload(page, ["utter_ask_booking_form_contact"])
    take(page, Step("973-555-0188", None, ["utter_ask_booking_form_preferred_time"]))


def test_an_alarm_still_stands_out_after_a_reload(page: Page) -> None:
    take(page, Step("i cant feel my legs", None, ALARM))
    reload(page, ALARM)
    assert page.locator(".message.alarm").count() == 1
    assert page.locator(".buttons button").count() == 0


def test_hostile_text_is_shown_as_text_after_a_reload(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"the page ran {dialog.message}"))
    hostile = "<img src=x onerror=alert(1)>"
    say(page, hostile)
    replies = page.locator(".message.mine ~ .message[data-response]")
    expect(replies.first).to_be_visible(timeout=TURN)
    page.reload()
    expect(replies.first).to_be_visible(timeout=TURN)
    assert mine(page) == [hostile]


def test_a_panel_that_was_closed_stays_closed_over_a_reload_and_its_chat_is_still_there(page: Page) -> None:
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    before = shown(page)
    page.get_by_role("button", name="Close chat").click()
    page.reload()
    expect(launcher(page)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    launch(page)
    wait_for(page, ["utter_ask_what_is_psoas"])
    assert shown(page) == before


def test_a_reload_without_a_connection_does_not_lose_the_conversation(open_page: Page) -> None:
    page = open_page
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    before = shown(page)
    page.route("**/history", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("status").filter(has_text="cannot reach")).to_be_visible(timeout=TURN)
    page.unroute("**/history")
    reload(page, ["utter_ask_what_is_psoas"])
    assert shown(page) == before


def test_a_second_tab_shows_the_same_chat_and_follows_it(page: Page, site: str) -> None:
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    other = page.context.new_page()
    other.goto(site)
    launch(other)
    wait_for(other, ["utter_ask_what_is_psoas"])
    assert shown(other) == shown(page)
    take(other, Step("my hip hurts", None, ["utter_report_symptoms", "utter_ask_triage_form_pain_duration"]))
    wait_for(page, ["utter_report_symptoms", "utter_ask_triage_form_pain_duration"])
    assert shown(page) == shown(other)
    take(page, Step(None, "A few weeks", ["utter_ask_triage_form_pain_trigger"]))
    wait_for(other, ["utter_ask_triage_form_pain_trigger"])


def test_two_tabs_that_write_at_once_keep_every_message_once(page: Page, site: str) -> None:
    other = page.context.new_page()
    other.goto(site)
    launch(other)
    wait_for(other, ["utter_greet"])
    say(page, "what is the psoas muscle")
    say(other, "what are the signs")
    for tab in (page, other):
        expect(tab.locator(".message.mine")).to_have_count(2, timeout=TURN)
        expect(tab.locator(".message[data-response=utter_ask_what_is_psoas]")).to_have_count(1, timeout=TURN)
        expect(tab.locator(".message[data-response=utter_ask_signs]")).to_have_count(1, timeout=TURN)


def test_a_chat_that_is_deleted_in_one_tab_is_gone_in_the_other(page: Page, site: str) -> None:
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    other = page.context.new_page()
    other.goto(site)
    launch(other)
    wait_for(other, ["utter_ask_what_is_psoas"])
    delete_chat(page)
    expect(other.locator(".message")).to_have_count(0, timeout=TURN)
    page.bring_to_front()
    picture(page, "deleted")


def test_a_history_that_comes_late_does_not_bring_a_deleted_chat_back(page: Page, site: str) -> None:
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    other = page.context.new_page()
    held: list[Route] = []
    other.route("**/history", lambda route: held.append(route))
    other.goto(site)
    launch(other)
    delete_chat(page)
    for route in held:
        route.continue_()
    other.wait_for_timeout(1000)
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert other.locator(".message").count() == 0


def test_words_that_were_typed_behind_a_deletion_are_not_lost(page: Page) -> None:
    choose(page, "Delete my chat")
    wait_for(page, ["utter_confirm_erasure"])
    held: list[Route] = []
    page.route("**/messages", lambda route: held.append(route))
    page.get_by_role("button", name="Yes, delete everything").click()
    say(page, "wait, my leg is numb now")
    held[0].continue_()
    page.get_by_role("button", name="Start a new chat").click()
    page.get_by_role("button", name=AGREE).click()
    wait_for(page, ["utter_greet"])
    expect(page.get_by_label("Your message")).to_have_value("wait, my leg is numb now")


def test_what_is_typed_while_the_history_is_on_its_way_is_sent(page: Page) -> None:
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    held: list[Route] = []
    page.route("**/history", lambda route: route.continue_() if held else held.append(route))
    page.reload()
    say(page, "i cant feel my legs")
    expect(page.locator(".message.alarm")).to_be_visible(timeout=TURN)
    held[0].continue_()
    expect(page.locator(".message.mine")).to_have_count(2, timeout=TURN)
    wait_for(page, ALARM)
    assert mine(page) == ["what is the psoas muscle", "i cant feel my legs"]


def test_another_browser_has_a_conversation_of_its_own(page: Page, window: object, site: str) -> None:
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    other = window()  # type: ignore[operator]
    other.goto(site)
    launch(other)
    expect(other.get_by_role("button", name=AGREE)).to_be_visible()
    assert other.locator(".message").count() == 0


def test_where_the_browser_keeps_nothing_the_widget_works_and_a_reload_begins_anew(forgetful_page: Page) -> None:
    page = forgetful_page
    assert page.evaluate("() => { try { return !localStorage; } catch { return true; } }")
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    page.reload()
    launch(page)
    expect(page.get_by_role("button", name=AGREE)).to_be_visible()
