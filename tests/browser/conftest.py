"""Chromium, and the chat opened in it on the page of a clinic's site."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.steps import open_chat

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
def window(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a window of a browser that keeps nothing of another; nothing that stands open is left behind."""
    contexts: list[BrowserContext] = []

    def window(width: int = 1000, height: int = 760, **settings: object) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, **settings)  # type: ignore[arg-type]
        contexts.append(context)
        return context.new_page()

    yield window
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(window: Callable[..., Page], site: str) -> Page:
    """The clinic's page, with the chat opened and the notice agreed to."""
    page = window()
    page.goto(site)
    open_chat(page)
    return page


@pytest.fixture
def page(open_page: Page) -> Iterator[Page]:
    """The same; nothing may complain in its console."""
    complaints: list[str] = []
    open_page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    open_page.on("pageerror", lambda error: complaints.append(str(error)))
    yield open_page
    assert complaints == []
