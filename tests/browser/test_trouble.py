"""When something fails: no connection, a slow one, a server that restarts, refuses, or has lost its action server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from bot.run.services import Services, endpoints_for, free_port, start_rasa_server
from tests.browser.steps import AGREE, TURN, launch, mine, open_chat, picture, say, take, wait_for
from tests.conversations.scenario import Step
from tests.site import own_tracker_store

FIRST = (
    '{"by": "assistant", "text": "I am sorry that you have pain.", "at": "2026-11-22T12:00:00Z", '
    '"response": "utter_report_symptoms", "buttons": [], "progress": null}'
)
HIP = ["utter_report_symptoms", "utter_ask_triage_form_pain_duration"]


@pytest.fixture
def lonely_server(model: Path, tmp_path: Path) -> Iterator[Callable[[], Services]]:
    """Starts a Rasa server without an action server, again and again at one port with one tracker store."""
    port, endpoints = free_port(), own_tracker_store(endpoints_for(free_port()), tmp_path)
    running: list[Services] = []

    def start() -> Services:
        for one in running:
            one.end()
        services = Services()
        running.append(services)
        start_rasa_server(services, "127.0.0.1", port, endpoints)
        services.wait_until_ready()
        return services

    start.address = f"http://127.0.0.1:{port}"  # type: ignore[attr-defined]
    yield start
    for one in running:
        one.end()


def words_of_the_banner(page: Page) -> str:
    return page.locator("clinic-chat .banner").inner_text()


def test_without_a_connection_a_message_waits_and_is_sent_once_when_there_is_one_again(open_page: Page) -> None:
    page = open_page
    page.context.set_offline(True)
    say(page, "my hip hurts")
    expect(page.get_by_text("Not sent", exact=False).first).to_be_visible(timeout=TURN)
    assert "(973) 564-7676" in words_of_the_banner(page)
    assert "911" in words_of_the_banner(page)
    picture(page, "offline")
    page.context.set_offline(False)
    wait_for(page, HIP)
    expect(page.get_by_text("Not sent")).to_have_count(0)
    expect(page.locator("clinic-chat .banner")).to_be_empty()
    assert mine(page) == ["my hip hurts"]


def test_a_connection_that_was_gone_for_a_moment_leaves_no_warning(open_page: Page) -> None:
    page = open_page
    page.context.set_offline(True)
    expect(page.locator("clinic-chat .banner")).to_contain_text("911")
    page.context.set_offline(False)
    expect(page.locator("clinic-chat .banner")).to_be_empty(timeout=TURN)


def test_a_message_whose_answer_was_lost_on_the_way_is_sent_again_and_not_answered_twice(open_page: Page) -> None:
    page = open_page
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append((route.request.post_data_json or {})["key"])
        if len(keys) == 1:
            route.fetch()  # the server has answered, and nobody hears it
            route.abort()
        else:
            route.continue_()

    page.route("**/messages", lose_the_first_answer)
    say(page, "my hip hurts")
    wait_for(page, HIP)
    assert len({*keys}) == 1 < len(keys)
    page.reload()
    wait_for(page, HIP)
    assert mine(page) == ["my hip hurts"]


def test_what_was_typed_without_a_connection_is_sent_in_its_order_after_a_reload(open_page: Page, site: str) -> None:
    page = open_page
    page.route("**/webhooks/web/messages", lambda route: route.abort())
    say(page, "my hip hurts")
    expect(page.get_by_text("Not sent").first).to_be_visible(timeout=TURN)
    say(page, "about 3 weeks")
    expect(page.locator(".message.mine")).to_have_count(2)
    page.unroute("**/webhooks/web/messages")
    page.reload()
    wait_for(page, ["utter_ask_triage_form_pain_trigger"])
    assert mine(page) == ["my hip hurts", "about 3 weeks"]


def test_try_again_sends_at_once(open_page: Page) -> None:
    page = open_page
    page.route("**/messages", lambda route: route.fulfill(status=502, body="<html>bad gateway</html>"))
    say(page, "my hip hurts")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible(timeout=TURN)
    picture(page, "not-sent")
    page.wait_for_timeout(5_000)  # the next try by itself is some seconds away
    page.unroute("**/messages")
    again.press("Enter")
    wait_for(page, HIP)
    assert mine(page) == ["my hip hurts"]
    assert page.evaluate("document.activeElement.localName") == "clinic-chat"  # and not lost with the button


def test_after_a_long_time_without_a_server_a_message_is_still_sent_by_itself(open_page: Page) -> None:
    page = open_page
    page.route("**/messages", lambda route: route.abort())
    say(page, "my hip hurts")
    page.wait_for_timeout(14_000)
    page.unroute("**/messages")
    wait_for(page, HIP)


def test_a_slow_answer_is_told_to_be_on_its_way(open_page: Page) -> None:
    page = open_page
    held: list[Route] = []
    page.route("**/messages", lambda route: held.append(route))
    say(page, "my hip hurts")
    expect(page.get_by_role("status").filter(has_text="Still working on it")).to_be_visible(timeout=TURN)
    picture(page, "slow")
    held[0].continue_()
    wait_for(page, HIP)
    expect(page.get_by_text("Still working on it")).to_have_count(0)


def test_an_answer_that_is_cut_off_in_the_middle_is_completed_without_showing_anything_twice(open_page: Page) -> None:
    page = open_page
    page.route(
        "**/messages",
        lambda route: route.fulfill(
            content_type="text/event-stream",
            body="event: message\ndata: " + FIRST + "\n\nevent: mess",
        ),
        times=1,
    )
    say(page, "my hip hurts")
    wait_for(page, HIP)


def test_too_many_messages_are_told_in_words_and_sent_when_it_is_time(open_page: Page) -> None:
    page = open_page
    words = {"by": "assistant", "text": "That was a lot at once.", "at": "2026-11-22T12:00:00Z"}
    refused = {"messages": [{**words, "response": None, "buttons": [], "progress": None}]}
    page.route(
        "**/messages", lambda route: route.fulfill(status=429, headers={"Retry-After": "2"}, json=refused), times=1
    )
    say(page, "my hip hurts")
    expect(page.get_by_text("That was a lot at once.")).to_be_visible(timeout=TURN)
    picture(page, "too-many")
    wait_for(page, HIP)
    expect(page.get_by_text("That was a lot at once.")).to_have_count(0)


def test_a_session_that_is_over_is_told_in_words_and_loses_no_typed_word(open_page: Page) -> None:
    page = open_page
    key = page.evaluate("Object.keys(localStorage)[0]")
    page.evaluate("(key) => localStorage.setItem(key, 'expired')", key)
    say(page, "my hip hurts a lot today")
    expect(page.get_by_text("This chat has ended")).to_be_visible(timeout=TURN)
    picture(page, "session-over")
    page.get_by_role("button", name="Start a new chat").click()
    page.get_by_role("button", name=AGREE).click()
    wait_for(page, ["utter_greet"])
    expect(page.get_by_label("Your message")).to_have_value("my hip hurts a lot today")


def test_where_no_session_can_be_opened_the_patient_gets_words_and_the_phone_number(
    window: Callable[..., Page], site: str
) -> None:
    page = window()
    page.goto(site)
    page.route("**/sessions", lambda route: route.abort())
    launch(page)
    page.get_by_role("button", name=AGREE).click()
    expect(page.get_by_role("status").filter(has_text="cannot reach")).to_be_visible(timeout=TURN)
    assert "(973) 564-7676" in words_of_the_banner(page)
    page.unroute("**/sessions")
    page.get_by_role("button", name=AGREE).click()
    wait_for(page, ["utter_greet"])


def test_a_restart_of_the_server_in_the_middle_of_a_conversation_loses_and_doubles_nothing(
    window: Callable[..., Page], lonely_server: Callable[[], Services]
) -> None:
    services = lonely_server()
    page = window()
    page.goto(lonely_server.address)  # type: ignore[attr-defined]
    open_chat(page)
    take(page, Step("my hip hurts", None, HIP))
    services.end()
    say(page, "about 3 weeks")
    expect(page.get_by_text("Not sent").first).to_be_visible(timeout=TURN)
    lonely_server()
    if page.get_by_role("button", name="Try again").is_visible():
        page.get_by_role("button", name="Try again").click()
    wait_for(page, ["utter_ask_triage_form_pain_trigger"])
    assert mine(page) == ["my hip hurts", "about 3 weeks"]
    page.reload()
    wait_for(page, ["utter_ask_triage_form_pain_trigger"])
    assert mine(page) == ["my hip hurts", "about 3 weeks"]


def test_without_its_action_server_the_patient_gets_words_and_the_phone_number_in_the_widget(
    window: Callable[..., Page], lonely_server: Callable[[], Services]
) -> None:
    lonely_server()
    page = window()
    page.goto(lonely_server.address)  # type: ignore[attr-defined]
    open_chat(page)
    take(
        page,
        Step("i cant feel my legs", None, ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]),
    )
    for count, text in enumerate(["book me in", "Maria Lopez", "973-555-0188", "friday", "posture", "yes"], start=2):
        say(page, text)
        expect(page.locator(".message.mine")).to_have_count(count)
        expect(page.locator(".message.mine").last.locator("~ .message")).not_to_have_count(0, timeout=TURN)
    page.get_by_role("button", name="Yes, send it").click()
    trouble = page.locator(".message[data-response='']")
    expect(trouble).to_contain_text("something went wrong", timeout=TURN)
    expect(trouble.get_by_role("link", name="(973) 564-7676")).to_have_attribute("href", "tel:+19735647676")
    picture(page, "action-server-down")
