"""Chromium and the inbox for the pages of what patients ask."""

from tests.browser.conftest import chromium, playwright
from tests.staff.conftest import inbox, kim

__all__ = ["chromium", "inbox", "kim", "playwright"]
