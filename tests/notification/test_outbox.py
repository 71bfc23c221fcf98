"""The queue: a notification is held by one worker at a time, and no attempt's number is given twice."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from bot.notification.outbox import LEASE, Claim, claim_next, mark_failed, mark_sent, read_notice
from bot.storage import Database, migrate
from bot.storage.columns import now
from bot.storage.models import BookingRequestRow, NotificationRow
from tests.notification.requests import FRIDAY, notifications, save


def test_the_longest_due_is_taken_first_and_counted_before_it_is_sent(any_database: str) -> None:
    database = Database(any_database)
    for session in "ab":
        save(database, session)
    assert claim_next(database, now()) == Claim(1, 1)
    assert claim_next(database, now()) == Claim(2, 1)
    assert claim_next(database, now()) is None
    assert [row["attempts"] for row in notifications(any_database)] == [1, 1]


def test_what_is_not_due_yet_is_left(any_database: str) -> None:
    database = Database(any_database)
    save(database)
    assert claim_next(database, now() - timedelta(minutes=1)) is None


def test_a_lease_runs_out_and_the_next_attempt_has_another_number(any_database: str) -> None:
    database, start = Database(any_database), now() + timedelta(seconds=1)
    save(database)
    assert claim_next(database, start) == Claim(1, 1)
    assert claim_next(database, start + LEASE - timedelta(seconds=1)) is None
    assert claim_next(database, start + LEASE) == Claim(1, 2)


def test_many_workers_never_hold_the_same_notification(any_database: str) -> None:
    """They all look at once, on many rows; SQLite's writers wait for one another."""
    database = Database(any_database)
    for number in range(30):
        save(database, str(number))
    claims: list[Claim] = []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        while (claim := claim_next(database, now())) is not None:
            claims.append(claim)

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(claims, key=lambda claim: claim.notification) == [Claim(number, 1) for number in range(1, 31)]


def test_a_notice_tells_what_the_mail_needs_and_no_more(any_database: str) -> None:
    database = Database(any_database)
    save(database)
    claim = claim_next(database, now())
    assert claim is not None
    notice = read_notice(database, claim)
    assert notice is not None
    assert len(notice.reference) == 32
    assert (notice.version, notice.patient_name, notice.window) == (1, "Maria Lopez", FRIDAY)


def test_a_worker_that_was_overtaken_neither_sends_nor_notes_a_failure(any_database: str) -> None:
    database = Database(any_database)
    save(database)
    slow = claim_next(database, now())
    fast = claim_next(database, now() + LEASE)
    assert slow is not None
    assert fast is not None
    assert read_notice(database, slow) is None
    mark_failed(database, slow, now(), "timeout")
    assert notifications(any_database)[0]["leased_until"] is not None
    mark_sent(database, fast, now(), None)
    mark_failed(database, fast, now(), "timeout")
    assert notifications(any_database)[0]["failure"] is None


def test_of_a_request_that_is_deleted_meanwhile_nothing_is_left_to_send_or_to_note(any_database: str) -> None:
    database = Database(any_database)
    save(database)
    claim = claim_next(database, now())
    assert claim is not None
    with database.unit_of_work() as session:
        session.execute(delete(BookingRequestRow))
    assert read_notice(database, claim) is None
    mark_sent(database, claim, now(), None)
    mark_failed(database, claim, now(), "timeout")
    assert notifications(any_database) == []


@pytest.fixture
def one_claimed(tmp_path_factory: pytest.TempPathFactory) -> Database:
    url = f"sqlite:///{tmp_path_factory.mktemp('outbox')}/x.db"
    migrate(url)
    database = Database(url)
    save(database)
    return database


@pytest.mark.parametrize(
    ("attempt", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (5000, 60)]
)
def test_after_a_failure_the_wait_doubles_up_to_an_hour_and_varies(
    one_claimed: Database, attempt: int, minutes: int
) -> None:
    waits = set()
    for _ in range(5):
        with one_claimed.unit_of_work() as session:
            session.execute(update(NotificationRow).values(attempts=attempt))
        start = now()
        mark_failed(one_claimed, Claim(1, attempt), start, "refused 550")
        with one_claimed.unit_of_work() as session:
            row = session.get(NotificationRow, 1)
            assert row is not None
            assert row.failure == "refused 550"
            assert row.leased_until is None
            waits.add((row.due_at - start) / timedelta(minutes=minutes))
    assert all(0.8 <= wait <= 1.2 for wait in waits)
    assert len(waits) > 1
