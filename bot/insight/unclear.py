"""Reads and deletes messages that were not understood, and writes down who did what with them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.storage.models import AuditRow, UnclearMessageRow

LINES = 50
"""How many messages a page shows."""


class Line(NamedTuple):
    """A message, redacted, and when it was typed."""

    id: int
    at: datetime
    text: str


class Lines(NamedTuple):
    """A page of messages, the newest first, and whether there are older ones."""

    messages: list[Line]
    has_older: bool


def lines(session: Session, page: int) -> Lines:
    """A page of messages.

    Args:
        session: Of the database.
        page: Which one, counted from 1.

    Returns:
        Its messages.
    """
    columns = (UnclearMessageRow.id, UnclearMessageRow.at, UnclearMessageRow.text)
    newest_first = select(*columns).order_by(UnclearMessageRow.at.desc(), UnclearMessageRow.id.desc())
    found = session.execute(newest_first.offset((page - 1) * LINES).limit(LINES + 1)).all()
    return Lines([Line(*row) for row in found[:LINES]], len(found) > LINES)


def chosen_texts(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The texts of messages by their ids, without those that are gone."""
    found = session.execute(select(UnclearMessageRow).where(UnclearMessageRow.id.in_(ids))).scalars()
    return {row.id: row.text for row in found}


def delete_lines(session: Session, ids: Collection[int], actor: str) -> int:
    """Deletes messages.

    Args:
        session: Of the database.
        ids: Which ones.
        actor: Who does it.

    Returns:
        How many there were.
    """
    found = chosen_texts(session, ids)
    gone = delete(UnclearMessageRow).where(UnclearMessageRow.id.in_(found))
    session.execute(gone.execution_options(synchronize_session=False))
    audit(session, actor, "deleted unclear messages", len(found))
    return len(found)


def audit(session: Session, actor: str, action: str, count: int) -> None:
    """Writes down what was done with how many messages."""
    session.add(AuditRow(actor=actor, action=action, detail=f"lines: {count}"))
