"""Chromium, and the chat page opened in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.steps import wait_for

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, headless."""
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
