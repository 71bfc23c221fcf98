"""The widget's own parts: launcher, notice, header, menu, live region, times, transcript, print."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

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
    take,
    wait_for,
)
from tests.conversations.scenario import Step

QUESTION = Step("my hip hurts", None, ["utter_report_symptoms", "utter_ask_triage_form_pain_duration"])


def test_nothing_is_asked_of_the_server_before_the_patient_agrees(window: Callable[..., Page], site: str) -> None:
    page = window()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site)))
    page.goto(site)
    launch(page)
    expect(page.get_by_text("What you type is kept encrypted for 30 days")).to_be_visible()
    expect(page.get_by_label("Your message")).to_be_hidden()
    picture(page, "consent")
    assert not [path for path in asked if re.search("sessions|history|messages", path)]
    assert {path.startswith("/") for path in asked} == {True}  # of this site, all of them
    page.get_by_role("button", name="Not now").click()
    expect(launcher(page)).to_be_focused()
    open_chat(page)
    assert [path for path in asked if re.search("sessions|history|messages", path)] == ["/webhooks/web/sessions"]


def test_the_header_always_shows_the_way_to_help(page: Page) -> None:
    for words in (None, QUESTION):
        if words:
            take(page, words)
        expect(page.get_by_role("link", name="Emergency? Call 911")).to_have_attribute("href", "tel:911")
        office = page.get_by_role("dialog").get_by_role("link", name="(973) 564-7676").first
        expect(office).to_have_attribute("href", "tel:+19735647676")
        expect(page.get_by_text("Computer assistant, not a diagnosis")).to_be_visible()
        expect(page.get_by_role("heading", name="Springfield Chiropractic Center", level=2)).to_be_visible()


def test_a_question_of_triage_is_in_view_with_its_answers_and_shows_how_far_it_is(page: Page) -> None:
    expect(page.get_by_role("progressbar")).to_be_hidden()
    take(page, QUESTION)
    bar = page.get_by_role("progressbar", name="Question 2 of 13")
    expect(bar).to_be_visible()
    assert bar.evaluate("(bar) => [bar.value, bar.max]") == [2, 13]
    expect(page.get_by_text("How long have you had it?")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="A few weeks")).to_be_in_viewport(ratio=1)
    picture(page, "triage")
    take(page, Step("stop", None, ["utter_triage_stopped", "utter_medical_disclaimer", "utter_booking_handoff"]))
    expect(bar).to_be_hidden()


def test_an_alarm_is_in_view_whole_however_long_the_words_after_it_are(page: Page) -> None:
    alarm = ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]
    take(page, Step("i cant feel my legs and i wet myself", None, alarm))
    expect(page.locator(".message.alarm")).to_be_in_viewport(ratio=0.9)


def test_suggested_answers_are_gone_as_soon_as_something_was_answered(page: Page) -> None:
    expect(page.get_by_role("group", name="Suggested answers").get_by_role("button")).to_have_count(3)
    page.route("**/messages", lambda route: None)
    say(page, "hello")
    expect(page.locator(".buttons button")).to_have_count(0)
    expect(page.locator(".dots")).to_be_visible()
    picture(page, "typing")


def test_answers_that_come_while_the_panel_is_closed_are_counted_on_the_launcher(page: Page) -> None:
    held: list[object] = []
    page.route("**/messages", lambda route: held.append(route))
    say(page, "my hip hurts")
    page.get_by_role("button", name="Close chat").click()
    expect(launcher(page)).to_have_accessible_name("Ask our assistant")
    for route in held:
        route.continue_()  # type: ignore[attr-defined]
    expect(launcher(page)).to_have_accessible_name(re.compile("2 new messages"), timeout=TURN)
    expect(page.locator(".badge")).to_have_text("2")
    picture(page, "unread")
    launch(page)
    expect(page.locator(".badge")).to_be_hidden()
    wait_for(page, QUESTION.bot)


HEAR = """() => {
    window.heard = [];
    const start = () => {
        const root = document.querySelector("clinic-chat")?.shadowRoot;
        if (!root) return setTimeout(start, 5);
        new MutationObserver((changes) => {
            for (const {addedNodes, target} of changes)
                for (const node of addedNodes)
                    if (target.closest?.("[aria-live=polite]") && node.nodeType === 1)
                        window.heard.push(node.dataset?.response ?? "");
        }).observe(root, {childList: true, subtree: true});
    };
    start();
}"""


def heard(page: Page) -> list[str]:
    """The responses that were added to a live region that stood already."""
    page.wait_for_timeout(500)
    return [name for name in page.evaluate("window.heard") if name]


def test_each_new_reply_is_read_once_and_a_history_not_at_all(page: Page) -> None:
    page.evaluate(HEAR)
    take(page, QUESTION)
    assert heard(page) == QUESTION.bot
    page.context.add_init_script(f"({HEAR})()")
    page.reload()
    wait_for(page, QUESTION.bot)
    assert heard(page) == []


def test_an_emergency_that_was_sent_again_after_a_reload_is_read_out(open_page: Page) -> None:
    page = open_page
    page.route("**/messages", lambda route: route.abort())
    say(page, "i cant feel my legs")
    expect(page.get_by_role("button", name="Try again")).to_be_visible(timeout=TURN)
    page.unroute("**/messages")
    page.context.add_init_script(f"({HEAR})()")
    page.reload()
    alarm = ["utter_emergency", "utter_medical_disclaimer", "utter_booking_handoff"]
    wait_for(page, alarm)
    assert heard(page) == alarm


def test_the_suggested_answers_are_no_part_of_the_live_region(page: Page) -> None:
    log = page.get_by_role("log", name="Chat")
    expect(log).to_have_attribute("aria-live", "polite")
    assert log.evaluate("(log) => log.contains(log.getRootNode().querySelector('.buttons'))") is False


def test_each_message_says_who_and_when(page: Page) -> None:
    say(page, "what is the psoas muscle")
    wait_for(page, ["utter_ask_what_is_psoas"])
    said = page.locator(".message .words").evaluate_all("all => all.map((one) => one.textContent.slice(0, 11))")
    assert [words.split(":")[0] for words in said] == ["Assistant", "You", "Assistant"]
    for moment in page.locator(".message time").all():
        assert re.fullmatch(r"\d{1,2}:\d\d.[AP]M", moment.inner_text())
        assert moment.get_attribute("datetime")


def test_the_transcript_holds_what_was_said_and_is_made_in_the_browser(page: Page, tmp_path: Path) -> None:
    take(page, QUESTION)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_download() as download:
        choose(page, "Download transcript")
    file = tmp_path / "transcript.txt"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert download.value.suggested_filename.endswith(".txt")
    assert not [address for address in asked if address.startswith("http")]
    for words in (
        "Springfield Chiropractic Center",
        "not a diagnosis",
        "You: my hip hurts",
        "How long have you had",
    ):
        assert words in text
    assert re.search(r"\[\d{1,2}:\d\d\s[AP]M\] You: my hip hurts", text)


def test_a_double_click_answers_one_question_alone(page: Page) -> None:
    take(page, QUESTION)
    box = page.get_by_role("button", name="A few days").bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + 20, box["y"] + 20, delay=150)
    wait_for(page, ["utter_ask_triage_form_pain_trigger"])
    page.wait_for_timeout(1000)
    assert mine(page) == ["my hip hurts", "A few days"]


def test_a_double_click_on_the_launcher_opens_the_chat(window: Callable[..., Page], site: str) -> None:
    page = window()
    page.goto(site)
    launcher(page).dblclick()
    expect(page.get_by_role("button", name=AGREE)).to_be_visible()


def test_an_alarm_that_comes_while_the_notice_is_read_is_shown(page: Page) -> None:
    held: list[Route] = []
    page.route("**/messages", lambda route: held.append(route))
    say(page, "i cant feel my legs")
    choose(page, "About and privacy")
    held[0].continue_()
    expect(page.locator(".message.alarm")).to_be_in_viewport(timeout=TURN)


def test_who_has_scrolled_back_to_read_is_left_there(page: Page) -> None:
    for words, response in (("what are the signs", "utter_ask_signs"), ("how is it treated", "utter_ask_treatment")):
        take(page, Step(words, None, [response]))
    held: list[Route] = []
    page.route("**/messages", lambda route: held.append(route))
    say(page, "what is the psoas muscle")
    log = page.get_by_role("log")
    log.evaluate("(log) => (log.scrollTop = 0)")
    held[0].continue_()
    wait_for(page, ["utter_ask_what_is_psoas"])
    assert log.evaluate("(log) => log.scrollTop") == 0


def test_start_over_and_the_notice_are_in_the_menu(page: Page) -> None:
    choose(page, "About and privacy")
    expect(page.get_by_text("What you type is kept encrypted for 30 days")).to_be_visible()
    expect(page.get_by_role("button", name=AGREE)).to_be_hidden()
    picture(page, "about")
    page.get_by_role("button", name="Back to the chat").click()
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    page.get_by_role("button", name="Chat menu").click()
    picture(page, "menu")
    page.get_by_role("button", name="Start over", exact=True).click()
    wait_for(page, ["utter_restart"])


def test_a_deleted_chat_ends_and_a_new_one_asks_for_consent_again(page: Page) -> None:
    take(page, QUESTION)
    delete_chat(page)
    expect(page.locator(".message.mine")).to_have_count(0)
    expect(page.get_by_label("Your message")).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage).length") == 0
    page.get_by_role("button", name="Start a new chat").click()
    expect(page.get_by_role("button", name=AGREE)).to_be_visible()
    page.reload()
    expect(page.locator(".message")).to_have_count(0)


def test_a_link_on_the_page_opens_the_chat(window: Callable[..., Page], site: str) -> None:
    page = window()
    page.goto(f"{site}/#clinic-chat")
    expect(page.get_by_role("button", name=AGREE)).to_be_visible()
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_focused()
    page.get_by_role("link", name="Ask our assistant").click()
    expect(page.get_by_role("button", name=AGREE)).to_be_visible()


def test_in_print_the_whole_conversation_stands_and_nothing_to_press(page: Page) -> None:
    for step in (
        Step("what are the signs", None, ["utter_ask_signs"]),
        Step("how is it treated", None, ["utter_ask_treatment"]),
    ):
        take(page, step)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    log = page.get_by_role("log")
    assert log.evaluate("(log) => log.scrollHeight <= log.clientHeight + 1")
    for gone in (
        page.get_by_role("button", name="Send"),
        page.get_by_role("button", name="Close chat"),
        launcher(page),
    ):
        expect(gone).to_be_hidden()
    picture(page, "print")
