"""The widget in Chromium: the same conversations as elsewhere, by mouse, and hostile text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import TURN, mine, picture, say, take
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


def test_alarm_words_stand_out_and_no_button_is_offered(page: Page) -> None:
    take(
        page,
        Step("i cant feel my legs", None, ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]),
    )
    assert page.locator(".message.alarm").count() == 1
    assert page.locator(".buttons button").count() == 0
    expect(page.locator(".alarm").get_by_role("link", name="911").first).to_have_attribute("href", "tel:911")
    expect(page.locator(".alarm")).to_be_in_viewport()
    picture(page, "emergency")


def test_ambiguous_words_are_asked_about_and_a_press_on_yes_raises_the_alarm(page: Page) -> None:
    take(page, Step("leaking", None, ["utter_clarify"]))
    picture(page, "clarify")
    take(page, Step(None, "Yes", ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]))
    expect(page.locator(".message.alarm")).to_have_count(1)
    picture(page, "clarified")


HOSTILE = ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "[x](javascript:alert(1)) {contact}"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_shown_as_text_in_every_field_and_in_the_summary(page: Page, hostile: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"the page ran {dialog.message}"))
    for words, responses in [
        ("i want to book an appointment", ["utter_book_appointment", "utter_ask_booking_form_patient_name"]),
        ("Maria", ["utter_ask_booking_form_contact"]),
        ("973-555-0188", ["utter_ask_booking_form_preferred_time"]),
        (hostile, ["utter_ask_booking_form_visit_reason"]),
        (hostile, ["utter_ask_booking_form_contact_consent"]),
    ]:
        take(page, Step(words, None, responses))
    take(page, Step(None, "Yes, you may contact me", ["utter_ask_booking_form_booking_confirmed"]))
    assert page.locator(".message .words").last.inner_text().count(hostile) == 2
    assert mine(page).count(hostile) == 2
    assert page.locator("clinic-chat img, clinic-chat .words script, clinic-chat [href^=javascript]").count() == 0


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_first_message_name_and_contact_are_shown_as_text(page: Page, hostile: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"the page ran {dialog.message}"))
    for count, words in enumerate([hostile, "book a visit", hostile, hostile], start=1):
        say(page, words)
        expect(page.locator(".message.mine")).to_have_count(count)
        expect(page.locator(".message.mine ~ .message[data-response]").last).to_be_visible(timeout=TURN)
    assert mine(page).count(hostile) == 3
    assert page.locator("clinic-chat img, clinic-chat .words script, clinic-chat [href^=javascript]").count() == 0


def test_hostile_words_of_the_server_are_shown_as_text_and_only_web_links_are_links(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"the page ran {dialog.message}"))
    text = (
        "<img src=x onerror=alert(1)> [click](javascript:alert(1)) javascript:alert(2) data:text/html,x "
        'https://www.example.com/"onmouseover="alert(3) "><svg onload=alert(4)>\n- <b>one</b>\n- two\n\n1. first'
    )
    reply = {
        "by": "assistant",
        "text": text,
        "at": "2026-11-22T12:00:00Z",
        "response": '"><script>alert(5)</script>',
        "buttons": [{"title": "<b>bold</b>", "id": "x"}],
        "progress": None,
    }
    page.route("**/messages", lambda route: route.fulfill(json={"messages": [reply], "token": None}))
    say(page, "hello")
    expect(page.get_by_role("button", name="<b>bold</b>")).to_be_visible()
    words = page.locator(".message[data-response] .words").last
    assert "<img src=x onerror=alert(1)>" in words.inner_text()
    assert words.locator("li").all_inner_texts() == ["<b>one</b>", "two", "first"]
    links = words.locator("a").evaluate_all("all => all.map((one) => [one.getAttribute('href'), one.rel, one.target])")
    assert links == [["https://www.example.com/", "noopener noreferrer", "_blank"]]
    assert page.locator("clinic-chat img, clinic-chat .words script, clinic-chat .words svg").count() == 0
