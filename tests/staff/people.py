"""Invented patients, and what the tests do to the database that they are in."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sqlalchemy import select, update

from bot.handoff import BookingRequest
from bot.storage import Database, save_booking_request
from bot.storage.models import AuditRow, BookingRequestRow, NotificationRow

NAME, PASSWORD = "kim", "a quiet morning in May"
SECRET = "a secret of the tests"
FRIDAY = {
    "first_day": "2026-11-27",
    "last_day": "2026-11-27",
    "earliest": "09:00:00",
    "latest": "12:00:00",
    "weekdays": [],
}
MARIA = BookingRequest("Maria Lopez", "(973) 555-0188", "friday morning", FRIDAY, "a sore lower back", "- leg: numb")
JOHN = BookingRequest("John O'Neill", "john@example.org", "whenever")
FIRST = datetime(2026, 11, 20, 14, 5, tzinfo=timezone.utc)


def ask(database: Database, *requests: BookingRequest) -> list[str]:
    """Saves requests, each an hour after the one before; gives their references."""
    for number, request in enumerate(requests):
        save_booking_request(database, "conversation", f"session {number} {request.patient_name}", request)
    with database.unit_of_work() as session:
        rows = session.execute(select(BookingRequestRow).order_by(BookingRequestRow.id)).scalars().all()
        for number, row in enumerate(rows):
            row.created_at = FIRST + timedelta(hours=number)
        return [row.reference for row in rows]


def mail(database: Database, request_id: int, **values: object) -> None:
    """Sets what became of a request's mail."""
    with database.unit_of_work() as session:
        session.execute(update(NotificationRow).where(NotificationRow.request_id == request_id).values(**values))


def audit(database: Database) -> list[tuple[str, str, str | None, str | None]]:
    """What the audit holds."""
    with database.unit_of_work() as session:
        rows = session.execute(select(AuditRow).order_by(AuditRow.id)).scalars()
        return [(row.actor, row.action, row.subject, row.detail) for row in rows]
