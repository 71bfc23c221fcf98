"""Reads requests for the pages: the list with its filter and search, and one request with all that belongs to it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, func, select, type_coerce
from sqlalchemy.orm import Session, defer, selectinload
from sqlalchemy.sql.expression import Select
from starlette.exceptions import HTTPException

from bot.handoff.times import Window, window_in_words
from bot.staff.contact import contact_link, digits_of
from bot.staff.pages import the_words
from bot.storage import DataKeyError, the_keyring
from bot.storage.models import AuditRow, BookingRequestRow, NoteRow, NotificationRow, Status

MOST_SEARCHED = 2000
"""How many requests are searched, the newest first: what patients wrote is encrypted and read one by one."""


def _sealed(column: Any) -> Any:
    """A column as the database has it, encrypted: one row that no key opens must not keep the others from view."""
    return type_coerce(column, Text)


_ENCRYPTED = (
    BookingRequestRow.patient_name,
    BookingRequestRow.contact,
    BookingRequestRow.preferred_time,
    BookingRequestRow.reason,
)
_CONTACT = 1
_TOLD = tuple(_sealed(column) for column in _ENCRYPTED)
_UNREAD = tuple(defer(column) for column in (*_ENCRYPTED, BookingRequestRow.answers))


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
    """A request as the list shows it.

    `understood` is what was understood of `wished`, in words. Where no key opens what the patient wrote, `is_lost`
    is true, and the name says so.
    """

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
    is_lost: bool


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
    return count, there, _lines(session, query)


def all_of(session: Session, wanted: Wanted) -> list[Line]:
    """All requests that are wanted, the newest first."""
    return _lines(session, _newest_first(_conditions(session, wanted)))


def counts(session: Session) -> dict[str, int]:
    """How many requests there are of each status."""
    query = select(BookingRequestRow.status, func.count(BookingRequestRow.id)).group_by(BookingRequestRow.status)
    return {status: int(count) for status, count in session.execute(query)}


def the_row(session: Session, reference: str) -> BookingRequestRow:
    """The row of a request, locked against other writers where the database can. What is encrypted is not read.

    Raises:
        HTTPException: There is none, or no more (404, `gone`).
    """
    query = (
        select(BookingRequestRow).where(BookingRequestRow.reference == reference).options(*_UNREAD).with_for_update()
    )
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
    *told, answers = session.execute(
        select(*_TOLD, _sealed(BookingRequestRow.answers)).where(BookingRequestRow.id == row.id)
    ).one()
    notes = session.execute(
        select(NoteRow.author, NoteRow.created_at, _sealed(NoteRow.text))
        .where(NoteRow.request_id == row.id)
        .order_by(NoteRow.id)
    )
    history = session.execute(select(AuditRow).where(AuditRow.subject == reference).order_by(AuditRow.id)).scalars()
    return Opened(
        _line(row, told),
        row.version,
        _or_lost(answers),
        [Note(author, at, _or_lost(text) or "") for author, at, text in notes],
        [(line.at, line.actor, line.action, line.detail) for line in history],
    )


def _lines(session: Session, query: Select) -> list[Line]:
    return [_line(row, told) for row, *told in session.execute(query)]


def _line(row: BookingRequestRow, told: Sequence[str | None]) -> Line:
    """A row, read out, with its _TOLD."""
    opened_ones = _decrypted(told)
    name, contact, wished, reason = opened_ones or (the_words()["lost"], "", "", None)
    return Line(
        reference=row.reference,
        arrived=row.created_at,
        changed=row.changed_at if row.version > 1 else None,
        name=name or "",
        contact=contact or "",
        link=contact_link(contact or ""),
        wished=wished or "",
        understood=_understood(row.window) if opened_ones else None,
        reason=reason,
        status=row.status,
        mail=_mail_state(row.notifications),
        is_lost=opened_ones is None,
    )


def _understood(window: Any) -> str | None:
    """A window in words; None where it is none that `Window.to_dict` wrote."""
    try:
        return window_in_words(Window.from_dict(window)) if window else None
    except (AttributeError, LookupError, TypeError, ValueError):
        return None


def _decrypted(sealed: Sequence[str | None]) -> list[str | None] | None:
    """What was encrypted, in the clear; None where no key opens one of them."""
    try:
        return [None if token is None else the_keyring().decrypt(token) for token in sealed]
    except DataKeyError:
        return None


def _or_lost(token: str | None) -> str | None:
    """A single text in the clear, or the words that it is lost."""
    (text,) = _decrypted([token]) or [str(the_words()["lost"])]
    return text


def _mail_state(notifications: Sequence[NotificationRow]) -> str:
    """Where the mail to the front desk stands that tells of the newest version: a word of words.yml."""
    newest = max(notifications, key=lambda one: one.version, default=None)
    if newest is None:
        return "none"
    if newest.sent_at:
        return "sent"
    return "failing" if newest.failure else "waiting"


def _newest_first(conditions: Sequence[object]) -> Select:
    query = select(BookingRequestRow, *_TOLD).where(*conditions)
    query = query.options(*_UNREAD, selectinload(BookingRequestRow.notifications))
    return query.order_by(BookingRequestRow.created_at.desc(), BookingRequestRow.id.desc())


def _conditions(session: Session, wanted: Wanted) -> list[object]:
    conditions: list[object] = []
    if wanted.status:
        conditions.append(BookingRequestRow.status == wanted.status)
    if wanted.words:
        conditions.append(BookingRequestRow.id.in_(_with_words(session, wanted)))
    return conditions


def _with_words(session: Session, wanted: Wanted) -> list[int]:
    """The numbers of the newest requests in which the words stand; those that no key opens are passed over."""
    query = select(BookingRequestRow.id, *_TOLD).order_by(
        BookingRequestRow.created_at.desc(), BookingRequestRow.id.desc()
    )
    if wanted.status:
        query = query.where(BookingRequestRow.status == wanted.status)
    words, number = wanted.words.casefold(), digits_of(wanted.words)
    return [
        request_id
        for request_id, *sealed in session.execute(query.limit(MOST_SEARCHED))
        if (told := _decrypted(sealed)) is not None
        and (
            any(words in text.casefold() for text in told if text)
            or (number and number in (digits_of(told[_CONTACT] or "") or ""))
        )
    ]
