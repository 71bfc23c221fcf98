"""What the front desk does to a request: marks it, notes something on it, deletes it. Each goes into the audit."""

from __future__ import annotations

from http import HTTPStatus

from sqlalchemy import delete as sql_delete
from starlette.exceptions import HTTPException

from bot.staff.audit import record
from bot.staff.requests import the_row
from bot.storage import Database
from bot.storage.models import BookingRequestRow, NoteRow, Status

MOST_CHARACTERS = 2000
"""The longest note."""


def mark(database: Database, actor: str, reference: str, status: str, version: str) -> None:
    """Puts a request into a status.

    Args:
        database: Where it is.
        actor: Who does it.
        reference: Which request.
        status: One of `Status`.
        version: The version that the actor has seen: a change by the patient meanwhile must not go unnoticed.

    Raises:
        HTTPException: There is no such request (404) or status (400), or the patient has changed it (409).
    """
    if status not in {one.value for one in Status}:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    with database.unit_of_work() as session:
        row = the_row(session, reference)
        if str(row.version) != version:
            raise HTTPException(HTTPStatus.CONFLICT, "changed_meanwhile")
        if row.status != status:
            record(session, actor, "marked a request", subject=reference, detail=f"{row.status} to {status}")
            row.status = status


def add_note(database: Database, actor: str, reference: str, text: str) -> None:
    """Adds a note to a request.

    Args:
        database: Where it is.
        actor: Who writes it.
        reference: Which request.
        text: The note, as typed.

    Raises:
        HTTPException: There is no such request (404), or the note is empty or too long (400).
    """
    note = text.replace("\r\n", "\n").strip()  # as forms send a new line
    if not 0 < len(note) <= MOST_CHARACTERS:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "note_length")
    with database.unit_of_work() as session:
        session.add(NoteRow(request_id=the_row(session, reference).id, author=actor, text=note))
        record(session, actor, "noted on a request", subject=reference)


def delete(database: Database, actor: str, reference: str) -> None:
    """Deletes a request with its notes and mails.

    Args:
        database: Where it is.
        actor: Who does it.
        reference: Which request.

    Raises:
        HTTPException: There is no such request (404).
    """
    with database.unit_of_work() as session:
        row = the_row(session, reference)
        # by SQL: the database deletes notes and mails with it, and none is read, which may be one that no key opens
        session.execute(sql_delete(BookingRequestRow).where(BookingRequestRow.id == row.id))
        record(session, actor, "deleted a request", subject=reference)
