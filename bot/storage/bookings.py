"""Keeps booking requests."""

from __future__ import annotations

from sqlalchemy import select

from bot.handoff import BookingRequest
from bot.storage.database import Database
from bot.storage.models import BookingRequestRow


def save_booking_request(database: Database, conversation_id: str, request: BookingRequest) -> None:
    """Writes a request; it is on disk when this returns.

    A second request of the same conversation takes the place of the first.

    Args:
        database: Where to.
        conversation_id: The conversation that it comes from.
        request: What the patient confirmed.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: It could not be written; nothing has changed.
    """
    with database.unit_of_work() as session:
        row = session.execute(
            select(BookingRequestRow).where(BookingRequestRow.conversation_id == conversation_id)
        ).scalar_one_or_none()
        if row is None:
            row = BookingRequestRow(conversation_id=conversation_id)
            session.add(row)
        row.patient_name = request.patient_name
        row.contact = request.contact
        row.preferred_time = request.preferred_time
