"""Puts down who saw and changed what. No personal data of patients: a request goes by its reference."""

from __future__ import annotations

from sqlalchemy.orm import Session

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
