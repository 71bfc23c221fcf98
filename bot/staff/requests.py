"""Reads requests for the pages: the list with its filter and search, and one request with all that belongs to it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.expression import Select
from starlette.exceptions import HTTPException

from bot.handoff.times import Window, window_in_words
from bot.staff.contact import contact_link, digits_of
from bot.storage.models import AuditRow, BookingRequestRow, NotificationRow, Status

MOST_SEARCHED = 2000
"""How many requests are searched, the newest first: what patients wrote is encrypted and read one by one."""


@dataclass(frozen=True)
class Wanted:
    """Which requests are wanted.

    Attributes:
        status: Those of this status, or of any where it is None.
        words: Those in which this stands.
    """

    status: str | None
    words: str

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Wanted:
        """What a page's address asks for; a status that there is not counts for none."""
        status = parameters.get("status")
        known = {one.value for one in Status}
        return cls(status if status in known else None, " ".join(parameters.get("search", "").split()))


@dataclass(frozen=True)
class Line:
    """A request as the list shows it. `understood` is what was understood of `wished`, in words."""

    reference: str
    arrived: datetime
    changed: datetime | None
    name: str
    contact: str
    link: str | None
    wished: str
    understood: str | None
    reason: str | None
    status: str
    mail: str


@dataclass(frozen=True)
class Note:
    """A note of the front desk."""

    author: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Opened:
    """A request with all that belongs to it. `version` is what the patient confirmed that often."""

    line: Line
    version: int
    answers: str | None
    notes: Sequence[Note]
    history: Sequence[tuple[datetime, str, str, str | None]]


def page_of(session: Session, wanted: Wanted, page: int, size: int) -> tuple[int, int, list[Line]]:
    """A page of the list.

    Args:
        session: A unit of work.
        wanted: Which requests.
        page: Its number, from 1.
        size: How many requests a page has.

    Returns:
        How many requests there are on all pages, the page's number (the last one's where there are fewer), and lines.
    """
    conditions = _conditions(session, wanted)
    count = int(session.execute(select(func.count(BookingRequestRow.id)).where(*conditions)).scalar_one())
    there = min(page, max(1, math.ceil(count / size)))
    query = _newest_first(conditions).offset((there - 1) * size).limit(size)
    return count, there, [line_of(row) for row in session.execute(query).scalars()]


def all_of(session: Session, wanted: Wanted) -> list[Line]:
    """All requests that are wanted, the newest first."""
    return [line_of(row) for row in session.execute(_newest_first(_conditions(session, wanted))).scalars()]


def counts(session: Session) -> dict[str, int]:
    """How many requests there are of each status."""
    query = select(BookingRequestRow.status, func.count(BookingRequestRow.id)).group_by(BookingRequestRow.status)
    return {status: int(count) for status, count in session.execute(query)}


def the_row(session: Session, reference: str) -> BookingRequestRow:
    """The row of a request, locked against other writers where the database can.

    Raises:
        HTTPException: There is none, or no more (404, `gone`).
    """
    query = select(BookingRequestRow).where(BookingRequestRow.reference == reference).with_for_update()
    # PostgreSQL takes no NUL in a text, and no reference holds one
    row: BookingRequestRow | None = None if "\0" in reference else session.execute(query).scalar_one_or_none()
    if row is None:
        raise HTTPException(404, "gone")
    return row


def opened(session: Session, reference: str) -> Opened:
    """A request with all that belongs to it.

    Raises:
        HTTPException: There is none, or no more (404, `gone`).
    """
    row = the_row(session, reference)
    history = session.execute(select(AuditRow).where(AuditRow.subject == reference).order_by(AuditRow.id)).scalars()
    return Opened(
        line_of(row),
        row.version,
        row.answers,
        [Note(note.author, note.created_at, note.text) for note in row.notes],
        [(line.at, line.actor, line.action, line.detail) for line in history],
    )


def line_of(row: BookingRequestRow) -> Line:
    """A row, read out."""
    return Line(
        reference=row.reference,
        arrived=row.created_at,
        changed=row.changed_at if row.version > 1 else None,
        name=row.patient_name,
        contact=row.contact,
        link=contact_link(row.contact),
        wished=row.preferred_time,
        understood=window_in_words(Window.from_dict(row.window)) if row.window else None,
        reason=row.reason,
        status=row.status,
        mail=_mail_state(row.notifications),
    )


def _mail_state(notifications: Sequence[NotificationRow]) -> str:
    """Where the mail to the front desk stands that tells of the newest version: a word of words.yml."""
    newest = max(notifications, key=lambda one: one.version, default=None)
    if newest is None:
        return "none"
    if newest.sent_at:
        return "sent"
    return "failing" if newest.failure else "waiting"


def _newest_first(conditions: Sequence[object]) -> Select:
    query = select(BookingRequestRow).where(*conditions).options(selectinload(BookingRequestRow.notifications))
    return query.order_by(BookingRequestRow.created_at.desc(), BookingRequestRow.id.desc())


def _conditions(session: Session, wanted: Wanted) -> list[object]:
    conditions: list[object] = []
    if wanted.status:
        conditions.append(BookingRequestRow.status == wanted.status)
    if wanted.words:
        conditions.append(BookingRequestRow.id.in_(_with_words(session, wanted)))
    return conditions


def _with_words(session: Session, wanted: Wanted) -> list[int]:
    """The numbers of the newest requests in which the words stand."""
    told = (
        BookingRequestRow.patient_name,
        BookingRequestRow.contact,
        BookingRequestRow.preferred_time,
        BookingRequestRow.reason,
    )
    query = select(BookingRequestRow.id, *told).order_by(
        BookingRequestRow.created_at.desc(), BookingRequestRow.id.desc()
    )
    if wanted.status:
        query = query.where(BookingRequestRow.status == wanted.status)
    words, number = wanted.words.casefold(), digits_of(wanted.words)
    return [
        row.id
        for row in session.execute(query.limit(MOST_SEARCHED))
        if any(words in text.casefold() for text in row[1:] if text)
        or (number and number in (digits_of(row.contact) or ""))
    ]
