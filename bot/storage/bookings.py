"""Keeps booking requests, each with the notification that it is due."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff import BookingRequest
from bot.storage.columns import now
from bot.storage.database import Database
from bot.storage.keys import the_keyring
from bot.storage.models import AuditRow, BookingRequestRow, NotificationRow, Status


class Saved(Enum):
    """What saving a request did."""

    NEW = "new"
    CHANGED = "changed"


def save_booking_request(database: Database, conversation_id: str, session_id: str, request: BookingRequest) -> Saved:
    """Writes a request and its notification, both or neither; they are on disk when this returns.

    A second request of the same session changes the first. The very same request once more, as after an answer that
    got lost, changes nothing and notifies nobody twice.

    Args:
        database: Where to.
        conversation_id: The conversation that it comes from.
        session_id: The session of it.
        request: What the patient confirmed.

    Returns:
        Whether it is new or has changed one.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: It could not be written; nothing has changed.
    """
    keyring = the_keyring()
    with database.unit_of_work() as session:
        found = select(BookingRequestRow).where(BookingRequestRow.session.in_(keyring.pseudonyms(session_id)))
        # locked where the database can be: the front desk may be marking it at this very moment
        row = session.execute(found.with_for_update()).scalar_one_or_none()
        if row is None:
            conversation, session_name = keyring.pseudonym(conversation_id), keyring.pseudonym(session_id)
            row = BookingRequestRow(
                reference=uuid.uuid4().hex, conversation=conversation, session=session_name, **asdict(request)
            )
            session.add(row)
            _notify(session, row, 1)
            return Saved.NEW
        if any(getattr(row, name) != value for name, value in asdict(request).items()):
            _change(session, row, request)
            return Saved.CHANGED
        return Saved.NEW if row.version == 1 else Saved.CHANGED


def _change(session: Session, row: BookingRequestRow, request: BookingRequest) -> None:
    """Puts a request in the place of an earlier one; the front desk has to look at it anew."""
    for name, value in asdict(request).items():
        setattr(row, name, value)
    row.version += 1
    row.changed_at = now()
    detail = None if row.status == Status.NEW.value else f"status was {row.status}"
    row.status = Status.NEW.value
    session.add(AuditRow(actor="patient", action="changed a request", subject=row.reference, detail=detail))
    _notify(session, row, row.version)


def _notify(session: Session, row: BookingRequestRow, version: int) -> None:
    session.add(NotificationRow(request=row, version=version))
