"""The inbox for a browser: served at an address, and logged in to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Page

from bot.run.services import free_port
from bot.staff import staff_app
from bot.staff.users import set_password
from bot.storage import Database
from tests.staff.people import NAME, PASSWORD, SECRET


@contextmanager
def serving(database_url: str) -> Iterator[str]:
    """The inbox over a database, at an address of this machine, with one user."""
    set_password(Database(database_url), NAME, PASSWORD)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(staff_app(database_url, SECRET), port=port, ws="none", log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the inbox did not start"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def fill_in(page: Page) -> None:
    """Fills in the form of the login, which is open."""
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def log_in(page: Page) -> None:
    """Logs in, and waits for the list."""
    fill_in(page)
    page.get_by_role("heading", name="Requests", exact=True).wait_for()
