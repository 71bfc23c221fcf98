"""What the tests of figures and records read and write."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.storage import Database
from bot.storage.models import TurnRow, UnclearMessageRow


def turns(url: str) -> list[tuple[str, str]]:
    """Kind and name of what was recorded."""
    with Database(url).unit_of_work() as session:
        return [(row.kind, row.name) for row in session.execute(select(TurnRow).order_by(TurnRow.id)).scalars()]


def unclear(url: str) -> list[str]:
    """The texts that were kept."""
    with Database(url).unit_of_work() as session:
        found = session.execute(select(UnclearMessageRow).order_by(UnclearMessageRow.id)).scalars()
        return [row.text for row in found]


def add_turn(database: Database, conversation: str, at: datetime, *happened: tuple[str, str]) -> None:
    """Writes a typed turn of a conversation with what happened in it."""
    with database.unit_of_work() as session:
        for kind, name in [("turn", "typed"), *happened]:
            session.add(TurnRow(conversation=conversation, at=at, kind=kind, name=name))
