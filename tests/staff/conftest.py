"""The inbox over a real database, and somebody who is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.staff import staff_app
from bot.staff.users import set_password
from bot.storage import Database, migrate
from tests.staff.people import NAME, PASSWORD, SECRET

SITE = "http://inbox.test"


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """The address of a migrated SQLite database, for what the kind of database does not matter to."""
    address = f"sqlite:///{tmp_path}/assistant.db"
    migrate(address)
    return address


@pytest.fixture
def inbox(any_database: str) -> Iterator[TestClient]:
    """The inbox over each kind of database, with one user, who is not logged in."""
    yield from opened(any_database)


@pytest.fixture
def small_inbox(sqlite: str) -> Iterator[TestClient]:
    """The same over SQLite alone."""
    yield from opened(sqlite)


def opened(address: str, **options: object) -> Iterator[TestClient]:
    """A browser, as far as cookies and headers go, at an inbox with one user."""
    set_password(Database(address), NAME, PASSWORD)
    headers = {"Origin": SITE, "Sec-Fetch-Site": "same-origin"}
    with TestClient(staff_app(address, SECRET, **options), base_url=SITE, headers=headers) as client:
        yield client


@pytest.fixture
def kim(inbox: TestClient) -> TestClient:
    """The same, logged in."""
    assert log_in(inbox).status_code == 200
    return inbox


@pytest.fixture
def small_kim(small_inbox: TestClient) -> TestClient:
    """The same over SQLite alone, logged in."""
    assert log_in(small_inbox).status_code == 200
    return small_inbox


@pytest.fixture
def database(any_database: str) -> Database:
    """The database of `inbox` and `kim`."""
    return Database(any_database)


@pytest.fixture
def small_database(sqlite: str) -> Database:
    """The database of `small_inbox` and `small_kim`."""
    return Database(sqlite)


def log_in(client: TestClient, name: str = NAME, password: str = PASSWORD, target: str = "/staff/"):  # type: ignore[no-untyped-def]
    """Fills in the form, and follows where it leads."""
    return client.post("/staff/login", data={"name": name, "password": password, "next": target})
