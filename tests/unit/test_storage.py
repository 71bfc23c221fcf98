"""The database: migrated, written whole or not at all, and never opened by an import."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from bot.handoff import BookingRequest
from bot.storage import Database, DataKeyError, Saved, migrate, save_booking_request, the_keyring
from bot.storage.keys import KEY_FILE, Keyring, new_key
from bot.storage.models import AuditRow, Base, BookingRequestRow, NoteRow, Status
from tests.databases import new_database

REQUEST = BookingRequest("Maria Lopez", "(973) 555-0188", "friday", reason="a sore back")
LATER = BookingRequest("Maria Lopez", "m@x.org", "monday")


OLD_REQUEST = """
    insert into booking_request values (1, 'one', 'Maria', '973', 'friday', '2026-01-01 10:00:00.000000')
"""


def rows(url: str, table: str = "booking_request") -> list[dict[str, Any]]:
    with create_engine(url, future=True).connect() as connection:
        found = connection.execute(text(f"select * from {table} order by id"))  # noqa: S608  # a name of our own
        return [dict(row) for row in found.mappings()]


def stored(url: str) -> list[tuple[str, str, int]]:
    """The requests as the models read them."""
    with Database(url).unit_of_work() as session:
        found = session.execute(select(BookingRequestRow).order_by(BookingRequestRow.id)).scalars()
        return [(row.patient_name, row.preferred_time, row.version) for row in found]


def is_waited_for(url: str) -> bool:
    """Whether somebody waits for a row that another holds, in PostgreSQL."""
    with create_engine(url, future=True).connect() as connection:
        return bool(connection.execute(text("select count(*) from pg_locks where not granted")).scalar_one())


def test_a_request_and_its_notification_are_on_disk_when_saving_returns(any_database: str) -> None:
    assert save_booking_request(Database(any_database), "one", "a", REQUEST) is Saved.NEW
    assert stored(any_database) == [("Maria Lopez", "friday", 1)]
    assert [(row["version"], row["attempts"], row["sent_at"]) for row in rows(any_database, "notification")] == [
        (1, 0, None)
    ]


def test_a_second_request_of_a_session_changes_the_first(any_database: str) -> None:
    database = Database(any_database)
    save_booking_request(database, "one", "a", REQUEST)
    assert save_booking_request(database, "one", "a", LATER) is Saved.CHANGED
    save_booking_request(database, "one", "b", REQUEST)
    assert stored(any_database) == [("Maria Lopez", "monday", 2), ("Maria Lopez", "friday", 1)]
    assert [row["version"] for row in rows(any_database, "notification")] == [1, 2, 1]
    assert [row["action"] for row in rows(any_database, "audit")] == ["changed a request"]


def test_the_same_request_once_more_notifies_nobody_twice(any_database: str) -> None:
    database = Database(any_database)
    for _ in range(3):
        assert save_booking_request(database, "one", "a", REQUEST) is Saved.NEW
    assert len(rows(any_database, "notification")) == 1


def test_a_change_shows_the_request_to_the_front_desk_anew(any_database: str) -> None:
    database = Database(any_database)
    save_booking_request(database, "one", "a", REQUEST)
    with database.unit_of_work() as session:
        session.execute(update(BookingRequestRow).values(status=Status.BOOKED.value))
    save_booking_request(database, "one", "a", LATER)
    assert rows(any_database)[0]["status"] == "new"
    assert rows(any_database, "audit")[0]["detail"] == "status was booked"


def test_a_change_while_the_front_desk_marks_the_request_is_shown_to_it_anew(postgres: str) -> None:
    url = new_database(postgres)
    migrate(url)
    save_booking_request(Database(url), "one", "a", REQUEST)
    change = threading.Thread(target=save_booking_request, args=(Database(url), "one", "a", LATER))
    with Database(url).unit_of_work() as session:
        session.execute(update(BookingRequestRow).values(status=Status.BOOKED.value))
        change.start()
        while change.is_alive() and not is_waited_for(url):
            time.sleep(0.01)
    change.join()
    assert rows(url)[0]["status"] == "new"
    assert rows(url, "audit")[0]["detail"] == "status was booked"


def test_nothing_that_the_patient_wrote_stands_in_the_database_in_the_clear(any_database: str) -> None:
    request = BookingRequest("Maria Lopez", "(973) 555-0188", "friday", None, "a sore back", "- leg: numb")
    save_booking_request(Database(any_database), "conversation-1", "session-1", request)
    everything = str([rows(any_database, table) for table in Base.metadata.tables])
    for told in ("Maria", "555-0188", "friday", "sore", "numb", "conversation-1", "session-1"):
        assert told not in everything


def test_after_a_change_of_keys_old_rows_are_read_and_found(any_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    save_booking_request(Database(any_database), "one", "a", REQUEST)
    monkeypatch.setenv("DATA_KEYS", f"{new_key()},{os.environ['DATA_KEYS']}")
    the_keyring.cache_clear()
    assert save_booking_request(Database(any_database), "one", "a", LATER) is Saved.CHANGED
    assert stored(any_database) == [("Maria Lopez", "monday", 2)]


def test_a_lost_key_is_told_with_what_to_do(any_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    save_booking_request(Database(any_database), "one", "a", REQUEST)
    monkeypatch.setenv("DATA_KEYS", new_key())
    the_keyring.cache_clear()
    with pytest.raises(DataKeyError, match="behind the new one"):
        stored(any_database)


def test_what_is_no_key_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataKeyError, match="new-key"):
        Keyring(["secret"])


def test_without_a_key_one_is_drawn_once_and_only_its_owner_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATA_KEYS")
    monkeypatch.chdir(tmp_path)
    the_keyring.cache_clear()
    token = the_keyring().encrypt("told")
    the_keyring.cache_clear()
    assert the_keyring().decrypt(token) == "told"
    assert KEY_FILE.stat().st_mode & 0o077 == 0


@pytest.fixture(autouse=True)
def keys_of_the_run() -> Iterator[None]:
    """Forgets the keys that a test has set."""
    yield
    the_keyring.cache_clear()


def test_a_unit_of_work_that_fails_leaves_nothing(any_database: str) -> None:
    database = Database(any_database)
    with pytest.raises(RuntimeError), database.unit_of_work() as session:
        session.add(AuditRow(actor="system", action="tried"))
        session.flush()
        raise RuntimeError
    assert rows(any_database, "audit") == []


def test_saving_without_a_database_fails_loudly(tmp_path: Path) -> None:
    with pytest.raises(SQLAlchemyError):
        save_booking_request(Database(f"sqlite:///{tmp_path}/none.db"), "one", "a", REQUEST)


def test_a_request_goes_with_its_notes_and_notifications(any_database: str) -> None:
    database = Database(any_database)
    save_booking_request(database, "one", "a", REQUEST)
    with database.unit_of_work() as session:
        session.add(NoteRow(request_id=1, author="Kim", text="called"))
    with database.unit_of_work() as session:
        session.execute(delete(BookingRequestRow))
    assert rows(any_database, "note") == rows(any_database, "notification") == []


def test_migrating_twice_changes_nothing(any_database: str) -> None:
    save_booking_request(Database(any_database), "one", "a", REQUEST)
    migrate(any_database)
    assert stored(any_database) == [("Maria Lopez", "friday", 1)]


def test_the_migrations_make_the_tables_that_the_models_describe(any_database: str) -> None:
    with create_engine(any_database, future=True).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_requests_of_the_first_version_are_taken_over_encrypted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    migrate(url, "0001")
    with create_engine(url, future=True).begin() as connection:
        connection.execute(
            text(
                "insert into booking_request values (1, 'one', 'Maria', '973', 'friday', '2026-01-01 10:00:00.000000')"
            )
        )
    migrate(url)
    assert stored(url) == [("Maria", "friday", 1)]
    assert "Maria" not in str(rows(url))


def test_a_migration_that_cannot_encrypt_leaves_the_old_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    migrate(url, "0001")
    with create_engine(url, future=True).begin() as connection:
        connection.execute(
            text(
                "insert into booking_request values (1, 'one', 'Maria', '973', 'friday', '2026-01-01 10:00:00.000000')"
            )
        )
    good = os.environ["DATA_KEYS"]
    monkeypatch.setenv("DATA_KEYS", "no key")
    the_keyring.cache_clear()
    with pytest.raises(DataKeyError):
        migrate(url)
    monkeypatch.setenv("DATA_KEYS", good)
    the_keyring.cache_clear()
    migrate(url)
    assert stored(url) == [("Maria", "friday", 1)]


def test_sqlite_is_set_to_write_ahead_and_foreign_keys(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path}/any.db").unit_of_work() as session:
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
