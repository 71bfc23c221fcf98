"""The chat page in Chromium: the same conversations, by mouse and by keyboard, and hostile text."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import create_engine, text

from tests.conversations.scenario import Step, load_scenario, scenario_names

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PICTURES = Path("test-results/screenshots")
TURN = 20_000  # milliseconds that a turn may take

if CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed (Debian: apt install chromium)", allow_module_level=True)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Page]:
    """The chat page, opened."""
    page = chromium.new_page(viewport={"width": 900, "height": 760})
    page.goto(site)
    wait_for(page, ["utter_greet"])
    yield page
    page.close()


@pytest.fixture
def page(open_page: Page) -> Iterator[Page]:
    """The chat page, opened; nothing may complain in its console."""
    complaints: list[str] = []
    open_page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    open_page.on("pageerror", lambda error: complaints.append(str(error)))
    yield open_page
    assert complaints == []


def wait_for(page: Page, responses: list[str]) -> None:
    """Waits until the newest replies are of these responses."""
    page.wait_for_function(
        """([names]) => {
            const log = document.querySelector("clinic-chat").shadowRoot.querySelector("[role=log]");
            const mine = [...log.querySelectorAll(".message.mine")].at(-1);
            const all = [...log.querySelectorAll(".message")];
            const newest = all.slice(mine ? all.indexOf(mine) + 1 : 0).map((one) => one.dataset.response);
            return newest.join() === names.join();
        }""",
        arg=[responses],
        timeout=TURN,
    )


def take(page: Page, step: Step) -> None:
    if step.you is not None:
        page.get_by_label("Your message").fill(step.you)
        page.get_by_role("button", name="Send").click()
    else:
        page.get_by_role("button", name=step.press or "", exact=True).click()
    wait_for(page, step.bot)


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_goes_as_written_on_the_page(page: Page, name: str) -> None:
    for number, step in enumerate(load_scenario(name), start=1):
        take(page, step)
        if number in (4, 10):
            picture(page, f"{name}-{number}")
    picture(page, f"{name}-end")


def test_the_request_of_a_first_visit_in_the_browser_is_in_the_database(page: Page, database_url: str) -> None:
    count = (
        "select count(*) from booking_request where patient_name = 'Maria Lopez' and preferred_time = 'friday morning'"
    )
    with create_engine(database_url, future=True).connect() as connection:
        before = connection.execute(text(count)).scalar_one()
        connection.rollback()
        for step in load_scenario("first_visit"):
            take(page, step)
        assert connection.execute(text(count)).scalar_one() == before + 1


def test_a_booking_is_possible_by_keyboard_alone(page: Page) -> None:
    for words, responses in [
        ("i want to book an appointment", ["utter_book_appointment", "utter_ask_booking_form_patient_name"]),
        ("Maria Lopez", ["utter_ask_booking_form_contact"]),
        ("973-555-0188", ["utter_ask_booking_form_preferred_time"]),
        ("friday", ["utter_ask_booking_form_contact_consent"]),
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
    take(page, Step(hostile, None, ["utter_ask_booking_form_contact_consent"]))
    take(page, Step(None, "Yes, you may contact me", ["utter_ask_booking_form_booking_confirmed"]))
    assert hostile in page.locator(".message").last.inner_text()


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
