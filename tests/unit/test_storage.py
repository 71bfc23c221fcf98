"""The database: migrated, written whole or not at all, and never opened by an import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.handoff import BookingRequest
from bot.storage import Database, migrate, save_booking_request
from bot.storage.models import Base

REQUEST = BookingRequest("Maria Lopez", "(973) 555-0188", "friday")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A migrated database."""
    address = f"sqlite:///{tmp_path}/folder/assistant.db"
    migrate(address)
    return address


def rows(url: str) -> list[tuple[str, ...]]:
    with create_engine(url, future=True).connect() as connection:
        found = connection.execute(text("select conversation_id, preferred_time from booking_request order by id"))
        return [tuple(row) for row in found]


def test_a_request_is_on_disk_when_saving_returns(url: str) -> None:
    save_booking_request(Database(url), "one", REQUEST)
    assert rows(url) == [("one", "friday")]


def test_a_second_request_of_a_conversation_takes_the_place_of_the_first(url: str) -> None:
    database = Database(url)
    save_booking_request(database, "one", REQUEST)
    save_booking_request(database, "one", BookingRequest("Maria Lopez", "m@x.org", "monday"))
    save_booking_request(database, "other", REQUEST)
    assert rows(url) == [("one", "monday"), ("other", "friday")]


def test_a_unit_of_work_that_fails_leaves_nothing(url: str) -> None:
    database = Database(url)
    with pytest.raises(RuntimeError), database.unit_of_work() as session:
        session.execute(text("insert into booking_request values (1, 'one', 'a', 'b', 'c', '2026-01-01')"))
        raise RuntimeError
    assert rows(url) == []


def test_saving_without_a_database_fails_loudly(tmp_path: Path) -> None:
    with pytest.raises(SQLAlchemyError):
        save_booking_request(Database(f"sqlite:///{tmp_path}/none.db"), "one", REQUEST)


def test_migrating_twice_changes_nothing(url: str) -> None:
    save_booking_request(Database(url), "one", REQUEST)
    migrate(url)
    assert rows(url) == [("one", "friday")]


def test_the_migrations_make_the_tables_that_the_models_describe(url: str) -> None:
    with create_engine(url, future=True).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_sqlite_is_set_to_write_ahead_and_foreign_keys(url: str) -> None:
    with Database(url).unit_of_work() as session:
        assert session.execute(text("pragma journal_mode")).scalar() == "wal"
        assert session.execute(text("pragma foreign_keys")).scalar() == 1


def test_importing_the_actions_opens_no_database(tmp_path: Path) -> None:
    code = "import actions.booking, pathlib; assert not list(pathlib.Path('.').iterdir())"
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path.cwd()), "DATABASE_URL": "sqlite:///x.db", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
