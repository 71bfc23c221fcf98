"""What the assistant has stored, read through its own models: the tables hold it encrypted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.storage import Database, the_keyring
from bot.storage.models import BookingRequestRow


def stored_requests(address: str, sender: str | None = None) -> list[dict[str, Any]]:
    """The requests in a database, of one conversation or of all, as their columns."""
    query = select(BookingRequestRow).order_by(BookingRequestRow.id)
    if sender is not None:
        query = query.where(BookingRequestRow.conversation.in_(the_keyring().pseudonyms(sender)))
    database = Database(address)
    with database.unit_of_work() as session:
        found = [
            {column.name: getattr(row, column.name) for column in BookingRequestRow.__table__.columns}
            for row in session.execute(query).scalars()
        ]
    database.close()
    return found
