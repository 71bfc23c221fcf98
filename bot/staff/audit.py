"""Puts down who saw and changed what. No personal data of patients: a request goes by its reference."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.columns import now
from bot.storage.models import AuditRow

SYSTEM = "system"
"""The actor of what is done on the command line."""

UNKNOWN = "unknown"
"""The actor of a login with a name that nobody bears: what was typed may be a password."""


def record(session: Session, actor: str, action: str, *, subject: str | None = None, detail: str | None = None) -> None:
    """Adds a line to the audit, in the unit of work of what it tells of.

    Args:
        session: That unit of work.
        actor: Who.
        action: What was done.
        subject: The reference of the request that it was done to.
        detail: What else is worth knowing, without personal data of patients.
    """
    session.add(AuditRow(actor=actor, action=action, subject=subject, detail=detail))


def record_seldom(session: Session, actor: str, action: str, pause: timedelta) -> None:
    """Adds a line to the audit, unless there is one like it already: the table stays small.

    Args:
        session: The unit of work of what it tells of.
        actor: Who.
        action: What was done.
        pause: For how long a line stands for those after it.
    """
    alike = select(AuditRow.id).where(AuditRow.at > now() - pause, AuditRow.actor == actor, AuditRow.action == action)
    if session.execute(alike.limit(1)).first() is None:
        record(session, actor, action)
