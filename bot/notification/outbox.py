"""The outbox: which mail is due, who is at it, and how it went. Every function here is one transaction.

A worker holds a notification by a lease. A worker that is killed never gives it back, so a lease runs out by itself.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import or_, select, update
from sqlalchemy.engine import CursorResult

from bot.storage import Database
from bot.storage.models import BookingRequestRow, NotificationRow

LEASE = timedelta(minutes=2)
"""How long a worker may be at a notification before another takes it up."""

_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)
_MOST_DOUBLINGS = 6  # the longest wait is reached by then; keeps a thousandth attempt from overflowing
_JITTER = (0.8, 1.2)


@dataclass(frozen=True)
class Claim:
    """A notification that this worker holds, and the number of the attempt that it may make."""

    notification: int
    attempt: int


@dataclass(frozen=True)
class Notice:
    """What a mail tells of a request. Contact, reason, answers and the words for the time are not even read."""

    reference: str
    version: int
    patient_name: str
    window: Mapping[str, Any] | None


def claim_next(database: Database, at: datetime) -> Claim | None:
    """Takes the notification that has been due longest, and counts the attempt before it is made.

    The attempt's number is on disk before anything is sent, so no two attempts ever bear the same one.

    Args:
        database: Where the outbox is.
        at: This moment.

    Returns:
        The claim; None where nothing is due that nobody holds.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: The database cannot be used.
    """
    free = (
        NotificationRow.sent_at.is_(None),
        NotificationRow.due_at <= at,
        or_(NotificationRow.leased_until.is_(None), NotificationRow.leased_until <= at),
    )
    longest_due = select(NotificationRow.id).where(*free).order_by(NotificationRow.due_at, NotificationRow.id).limit(1)
    with database.unit_of_work() as session:
        while (found := session.execute(longest_due).scalar_one_or_none()) is not None:
            # The conditions once more: another worker may have been faster since. Whoever changes the row has it.
            taken = session.execute(
                update(NotificationRow)
                .where(NotificationRow.id == found, *free)
                .values(leased_until=at + LEASE, attempts=NotificationRow.attempts + 1)
                .execution_options(synchronize_session=False)
            )
            if cast(CursorResult, taken).rowcount:
                attempt = session.execute(select(NotificationRow.attempts).where(NotificationRow.id == found))
                return Claim(found, attempt.scalar_one())
    return None


def read_notice(database: Database, claim: Claim) -> Notice | None:
    """Reads what the mail of a claim tells.

    Returns:
        The notice; None where the request is deleted meanwhile, or the claim is another worker's by now.

    Raises:
        bot.storage.DataKeyError: No key opens the request.
        sqlalchemy.exc.SQLAlchemyError: The database cannot be used.
    """
    columns = (
        BookingRequestRow.reference,
        NotificationRow.version,
        BookingRequestRow.patient_name,
        BookingRequestRow.window,
    )
    with database.unit_of_work() as session:
        query = select(*columns).join(NotificationRow.request).where(*_still_held(claim))
        row = session.execute(query).one_or_none()
        return None if row is None else Notice(*row)


def mark_sent(database: Database, claim: Claim, at: datetime, refused: str | None) -> None:
    """Notes that the server took the mail, whoever holds the notification by now.

    Args:
        database: Where the outbox is.
        claim: Which notification.
        at: When.
        refused: Why some of several recipients were refused; None where all were accepted.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: It could not be noted. The mail is sent again when the lease has run out.
    """
    with database.unit_of_work() as session:
        session.execute(
            update(NotificationRow)
            .where(NotificationRow.id == claim.notification)
            .values(sent_at=at, leased_until=None, failure=refused)
            .execution_options(synchronize_session=False)
        )


def mark_failed(database: Database, claim: Claim, at: datetime, failure: str) -> None:
    """Notes that an attempt failed and when the next one is due: after a minute, then twice that, up to an hour.

    Args:
        database: Where the outbox is.
        claim: The attempt. Where another worker holds the notification by now, nothing changes.
        at: When.
        failure: A kind and a code, no text of a server or a patient.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: It could not be noted. The next attempt is due when the lease has run out.
    """
    wait = min(_FIRST_WAIT * 2 ** min(claim.attempt - 1, _MOST_DOUBLINGS), _LONGEST_WAIT)
    wait *= random.uniform(*_JITTER)  # noqa: S311  # spreads the attempts, keeps no secret
    with database.unit_of_work() as session:
        session.execute(
            update(NotificationRow)
            .where(*_still_held(claim))
            .values(due_at=at + wait, leased_until=None, failure=failure)
            .execution_options(synchronize_session=False)
        )


def _still_held(claim: Claim) -> tuple[Any, ...]:
    """No other attempt has begun since, and the mail is not sent."""
    return (
        NotificationRow.id == claim.notification,
        NotificationRow.attempts == claim.attempt,
        NotificationRow.sent_at.is_(None),
    )
