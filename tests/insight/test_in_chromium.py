"""The pages of what patients ask in Chromium, under the inbox's policy that forbids inline styles and scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.insight.words import the_words
from bot.storage import migrate
from tests.insight.invented import PICTURE, invent
from tests.insight.rows import unclear
from tests.staff.browser import log_in, serving


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with invented conversations."""
    address = f"sqlite:///{tmp_path}/any.db"
    migrate(address)
    invent(address)
    return address


@pytest.fixture
def page(chromium: Browser, url: str) -> Iterator[Page]:
    """A page whose user is logged in; nothing may complain in its console."""
    complaints: list[str] = []
    with serving(url) as site:
        page = chromium.new_page(base_url=site)
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/staff/")
        log_in(page)
        yield page
        page.close()
    assert complaints == []


def test_the_charts_have_their_colours_names_and_numbers(page: Page) -> None:
    page.goto("/staff/asked")
    for chart in the_words().charts.values():
        expect(page.get_by_role("img", name=chart.title)).to_be_visible()
    bar = page.locator("#booking-patch_3 path").first
    assert bar.evaluate("bar => getComputedStyle(bar).fill") == "rgb(0, 114, 178)"
    page.get_by_text("The numbers: Requests for a visit").click()
    expect(page.get_by_role("row", name="Sent to the front desk")).to_be_visible()


def test_the_weeks_can_be_chosen(page: Page) -> None:
    page.goto("/staff/asked")
    page.get_by_label("Weeks", exact=True).select_option("4")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url("/staff/asked?weeks=4")
    expect(page.get_by_label("Weeks", exact=True)).to_have_value("4")


def test_a_line_is_chosen_and_downloaded_and_another_deleted(page: Page, url: str) -> None:
    page.goto("/staff/not-understood")
    page.get_by_label("Take this line: can i bring my dog").check()
    page.get_by_label("Asks for: can i bring my dog").select_option(label="Hours, prices, insurance")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download ticked lines").click()
    assert "- can i bring my dog\n" in Path(download.value.path()).read_text(encoding="utf-8")
    page.get_by_role("button", name="Delete ticked lines").click()
    expect(page.get_by_role("status")).to_have_text("Lines deleted: 1.")
    assert "can i bring my dog" not in unclear(url)


def test_a_line_is_chosen_and_downloaded_by_keyboard(page: Page) -> None:
    page.goto("/staff/not-understood")
    page.get_by_label("Take this line: do you take walk ins").press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Asks for: do you take walk ins")).to_be_focused()
    page.keyboard.type("Hours")
    page.get_by_role("button", name="Download ticked lines").focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert "- do you take walk ins\n" in Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["/staff/asked?weeks=26", "/staff/not-understood"])
def test_enlarged_to_200_percent_nothing_is_cut_off(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 590, "height": 390})  # what is left of 1180 by 780
    page.goto(path)
    for folded in page.locator("summary").all():
        folded.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_picture_of_the_documents_is_not_large() -> None:
    assert PICTURE.stat().st_size <= 150_000
