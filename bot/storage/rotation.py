"""Encrypts everything anew with the first key, so that an old key can be thrown away."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, Text, delete, select, type_coerce, update
from sqlalchemy.engine import Connection

from bot.storage.columns import EncryptedText
from bot.storage.conversations import EVENTS, HEADS, ConversationLog
from bot.storage.database import Database
from bot.storage.inbox import inbox_beside
from bot.storage.models import Base, MessengerInboxRow


def encrypt_anew(database: Database, log: ConversationLog) -> int:
    """Reads every encrypted text by whatever key opens it, and writes it by the first.

    Args:
        database: Where requests and notes are.
        log: Where conversations are.

    Returns:
        How many texts were written.

    Raises:
        bot.storage.keys.DataKeyError: No key opens one of them; nothing of its database has changed.
    """
    with database.unit_of_work() as session:
        connection = session.connection()
        rows = sum(_table_anew(connection, table) for table in Base.metadata.sorted_tables)
    if box := inbox_beside(database):
        with box.unit_of_work() as session:
            rows += _table_anew(session.connection(), MessengerInboxRow.__table__)
        box.close()
    with log.tables() as conversations:
        if conversations is None:
            return rows
        conversations.execute(delete(HEADS))  # they are made anew of the events
        return rows + _table_anew(conversations, EVENTS)


def _table_anew(connection: Connection, table: Table) -> int:
    return sum(_column_anew(connection, column) for column in table.columns if isinstance(column.type, EncryptedText))


def _column_anew(connection: Connection, column: Any) -> int:
    """Encrypts a column anew; a text that somebody changes meanwhile is left as it is: it has the first key already."""
    table, kind = column.table, column.type
    raw = type_coerce(column, Text)
    rows = connection.execute(select(table.c.id, raw.label("token")).where(raw.is_not(None))).all()
    for id_, token in rows:
        text = kind.process_result_value(token, connection.dialect)
        connection.execute(update(table).where(table.c.id == id_, raw == token).values({column.name: text}))
    return len(rows)
