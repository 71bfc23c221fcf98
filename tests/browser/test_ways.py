"""A whole triage and a booking by keyboard alone, by touch on a phone, and what the keyboard can reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import AGREE, TURN, expect_focus, launcher, open_chat, picture, take, wait_for
from tests.conversations.scenario import Step, load_scenario
from tests.stored import stored_requests

PHONE = {"width": 390, "height": 700, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def focused(page: Page) -> str:
    """The name of what has the focus, within the widget or outside of it."""
    name: str = page.evaluate(
        """() => {
            let one = document.activeElement;
            while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
            return one?.getAttribute("aria-label") || one?.labels?.[0]?.textContent || one?.textContent?.trim() || "";
        }"""
    )
    return name


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Presses Tab until something has the focus."""
    for _ in range(40):
        if focused(page).startswith(name):
            return
        page.keyboard.press(key)
    pytest.fail(f"the keyboard does not reach {name!r}")


def test_a_whole_triage_and_a_booking_by_keyboard_alone(
    window: Callable[..., Page], site: str, database_url: str
) -> None:
    before = len(stored_requests(database_url))
    page = window()
    page.goto(site)
    tab_to(page, "Ask our assistant", "Shift+Tab")
    page.keyboard.press("Enter")
    tab_to(page, AGREE)
    page.keyboard.press("Enter")
    wait_for(page, ["utter_greet"])
    for step in load_scenario("first_visit"):
        if step.you is not None:
            tab_to(page, "Your message")
            page.keyboard.type(step.you)
            page.keyboard.press("Enter")
        else:
            tab_to(page, step.press or "", "Shift+Tab")
            page.keyboard.press("Space")
        wait_for(page, step.bot)
    *_, row = stored_requests(database_url)[before:]
    assert (row["patient_name"], row["preferred_time"]) == ("Maria Lopez", "friday morning")
    page.keyboard.press("Escape")
    expect_focus(page, launcher(page))


def test_the_focus_goes_where_it_is_expected(window: Callable[..., Page], site: str) -> None:
    page = window()
    page.goto(site)
    launcher(page).focus()
    page.keyboard.press("Enter")
    expect_focus(page, page.get_by_role("heading", name="Before we start"))
    page.keyboard.press("Escape")
    expect_focus(page, launcher(page))
    open_chat(page)
    expect_focus(page, page.get_by_label("Your message"))
    take(page, Step(None, "What is psoas syndrome?", ["utter_ask_what_is_psoas_syndrome"]))
    expect_focus(page, page.get_by_label("Your message"))
    menu = page.get_by_role("button", name="Chat menu")
    menu.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect_focus(page, menu)
    page.get_by_role("button", name="Close chat").press("Enter")
    expect_focus(page, launcher(page))


def test_on_a_wide_screen_the_keyboard_can_leave_the_panel(page: Page) -> None:
    tab_to(page, "Skip to the content")


def test_a_whole_triage_and_a_booking_on_a_phone(window: Callable[..., Page], site: str, database_url: str) -> None:
    before = len(stored_requests(database_url))
    page = window(**PHONE)
    page.goto(site)
    launcher(page).tap()
    picture(page, "phone-consent")
    page.get_by_role("button", name=AGREE).tap()
    wait_for(page, ["utter_greet"])
    picture(page, "phone-chat")
    for number, step in enumerate(load_scenario("first_visit")):
        if step.you is not None:
            page.get_by_label("Your message").fill(step.you)
            page.get_by_role("button", name="Send").tap()
        else:
            page.get_by_role("button", name=step.press or "", exact=True).tap()
        wait_for(page, step.bot)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if number in (5, 17):
            picture(page, f"phone-{number}")
    assert len(stored_requests(database_url)) == before + 1


def test_on_a_phone_the_panel_fills_the_screen_and_nothing_behind_it_gets_the_focus(
    window: Callable[..., Page], site: str
) -> None:
    page = window(**PHONE)
    page.goto(site)
    open_chat(page)
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 700)
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate("['clinic-chat', 'body'].includes(document.activeElement.localName)")


def test_the_keyboard_of_a_phone_covers_neither_the_field_nor_the_newest_message(
    window: Callable[..., Page], site: str
) -> None:
    page = window(**PHONE)
    page.goto(site)
    open_chat(page)
    take(page, Step("my hip hurts", None, ["utter_report_symptoms", "utter_ask_triage_form_pain_duration"]))
    page.set_viewport_size({"width": 390, "height": 380})  # what a keyboard leaves
    field = page.get_by_label("Your message")
    expect(field).to_be_in_viewport(ratio=1)
    expect(page.locator(".message").last).to_be_in_viewport()
    picture(page, "phone-keyboard")


@pytest.mark.parametrize(("width", "height"), [(320, 640), (640, 360), (1280, 300)])
def test_the_panel_can_be_used_at_any_size_and_zoom(
    window: Callable[..., Page], site: str, width: int, height: int
) -> None:
    page = window(width, height)  # 640 x 360 is a laptop's screen at 200 %
    page.goto(site)
    open_chat(page)
    take(page, Step("my hip hurts", None, ["utter_report_symptoms", "utter_ask_triage_form_pain_duration"]))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Chat menu").click()
    if width == 320:
        page.get_by_role("link", name="Emergency? Call 911").click(trial=True)  # the open menu does not cover it
    page.keyboard.press("Escape")
    for reachable in (
        page.get_by_label("Your message"),
        page.get_by_role("button", name="Send"),
        page.get_by_role("button", name="A few weeks"),
        page.get_by_role("link", name="Emergency? Call 911"),
        page.get_by_role("button", name="Close chat"),
    ):
        reachable.scroll_into_view_if_needed()
        expect(reachable).to_be_in_viewport(ratio=0.9)
    picture(page, f"size-{width}x{height}")


def test_every_target_is_large_enough_to_hit(page: Page) -> None:
    take(page, Step("my hip hurts", None, ["utter_report_symptoms", "utter_ask_triage_form_pain_duration"]))
    page.get_by_role("button", name="Chat menu").click()
    small = page.locator("clinic-chat").evaluate(
        """(chat) => [...chat.shadowRoot.querySelectorAll("button, textarea, .help a")]
            .map((one) => [one.textContent || one.ariaLabel, one.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.width < 24 || box.height < 24))
            .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""
    )
    assert small == []


def test_where_motion_is_not_wanted_nothing_moves(window: Callable[..., Page], site: str) -> None:
    page = window(reduced_motion="reduce")
    page.goto(site)
    open_chat(page)
    page.route("**/messages", lambda route: None)  # never answered: the dots would go on
    page.get_by_label("Your message").fill("hello")
    page.keyboard.press("Enter")
    expect(page.locator(".dots")).to_be_visible(timeout=TURN)
    moving = page.locator("clinic-chat").evaluate(
        """(chat) => chat.shadowRoot.getAnimations({subtree: true})
            .filter((one) => one.effect.getComputedTiming().duration > 10).length"""
    )
    assert moving == 0
