"""The chat page in Chromium: the same conversations, by mouse and by keyboard, and hostile text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.steps import TURN, picture, take, wait_for
from tests.conversations.scenario import Step, load_scenario, scenario_names
from tests.stored import stored_requests


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_goes_as_written_on_the_page(page: Page, name: str) -> None:
    for number, step in enumerate(load_scenario(name), start=1):
        take(page, step)
        if number in (4, 10):
            picture(page, f"{name}-{number}")
    picture(page, f"{name}-end")


def test_the_request_of_a_first_visit_in_the_browser_is_in_the_database(page: Page, database_url: str) -> None:
    before = len(stored_requests(database_url))
    for step in load_scenario("first_visit"):
        take(page, step)
    *_, row = stored_requests(database_url)[before:]
    assert (row["patient_name"], row["preferred_time"]) == ("Maria Lopez", "friday morning")


def test_a_booking_is_possible_by_keyboard_alone(page: Page) -> None:
    for words, responses in [
        ("i want to book an appointment", ["utter_book_appointment", "utter_ask_booking_form_patient_name"]),
        ("Maria Lopez", ["utter_ask_booking_form_contact"]),
        ("973-555-0188", ["utter_ask_booking_form_preferred_time"]),
        ("friday", ["utter_ask_booking_form_visit_reason"]),
        ("posture", ["utter_ask_booking_form_contact_consent"]),
    ]:
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        wait_for(page, responses)
    # the field has the focus; the answers stand just before it
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    wait_for(page, ["utter_ask_booking_form_booking_confirmed"])


def test_alarm_words_stand_out_and_no_button_is_offered(page: Page) -> None:
    take(
        page,
        Step("i cant feel my legs", None, ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]),
    )
    assert page.locator(".message.alarm").count() == 1
    assert page.locator(".buttons").count() == 0
    picture(page, "emergency")


def test_ambiguous_words_are_asked_about_and_a_press_on_yes_raises_the_alarm(page: Page) -> None:
    take(page, Step("leaking", None, ["utter_clarify"]))
    picture(page, "clarify")
    take(page, Step(None, "Yes", ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]))
    assert page.locator(".message.alarm").count() == 1
    picture(page, "clarified")


@pytest.mark.parametrize("hostile", ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "friday {contact}"])
def test_hostile_text_is_shown_as_text(page: Page, hostile: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"the page ran {dialog.message}"))
    take(
        page,
        Step("i want to book an appointment", None, ["utter_book_appointment", "utter_ask_booking_form_patient_name"]),
    )
    take(page, Step("Maria", None, ["utter_ask_booking_form_contact"]))
    take(page, Step("973-555-0188", None, ["utter_ask_booking_form_preferred_time"]))
    take(page, Step(hostile, None, ["utter_ask_booking_form_visit_reason"]))
    take(page, Step(hostile, None, ["utter_ask_booking_form_contact_consent"]))
    take(page, Step(None, "Yes, you may contact me", ["utter_ask_booking_form_booking_confirmed"]))
    assert page.locator(".message").last.inner_text().count(hostile) == 2


def test_the_page_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.get_by_label("Your message").is_visible()
    picture(page, "phone")


def test_a_server_that_is_gone_is_said_in_words(open_page: Page) -> None:
    page = open_page
    page.route("**/messages", lambda route: route.abort())
    page.get_by_label("Your message").fill("hello")
    page.keyboard.press("Enter")
    page.locator(".message", has_text="could not reach").wait_for(timeout=TURN)
