"""Booking requests for the mail tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, text

from bot.handoff import BookingRequest
from bot.storage import Database, save_booking_request
from bot.storage.columns import now

REASON, ANSWERS, CONTACT = "a sore groin", "- leg: numb", "(973) 555-0188"
FRIDAY = {"first_day": "2026-12-04", "last_day": "2026-12-04", "earliest": None, "latest": None, "weekdays": []}


def save(database: Database, session: str = "a", window: dict[str, Any] | None = FRIDAY, **others: str) -> None:
    """Saves a request of a session with everything that a mail must not tell."""
    told = {"patient_name": "Maria Lopez", "contact": CONTACT, "preferred_time": "friday after 3", **others}
    request = BookingRequest(**told, window=window, reason=REASON, answers=ANSWERS)
    save_booking_request(database, f"conversation {session}", session, request)


def notifications(url: str) -> list[dict[str, Any]]:
    """The outbox as the database has it."""
    engine = create_engine(url, future=True)
    with engine.connect() as connection:
        found = connection.execute(text("select * from notification order by id")).mappings()
        rows = [dict(row) for row in found]
    engine.dispose()
    return rows


class Clock:
    """The real time, moved on by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return now() + self.ahead
