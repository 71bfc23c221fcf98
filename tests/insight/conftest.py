"""Chromium for the staff's pages."""

from tests.browser.conftest import chromium, playwright

__all__ = ["chromium", "playwright"]
