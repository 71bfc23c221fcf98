"""Encrypts everything anew with the first key, so that an old key can be thrown away."""

from __future__ import annotations

from sqlalchemy import Table, select, update
from sqlalchemy.engine import Connection

from bot.storage.columns import EncryptedText
from bot.storage.conversations import ConversationLog
from bot.storage.database import Database
from bot.storage.models import Base


def encrypt_anew(database: Database, log: ConversationLog) -> int:
    """Reads every encrypted text by whatever key opens it, and writes it by the first.

    Args:
        database: Where requests and notes are.
        log: Where conversations are.

    Returns:
        How many rows were written.

    Raises:
        bot.storage.keys.DataKeyError: No key opens one of them; nothing of its database has changed.
    """
    with database.unit_of_work() as session:
        connection = session.connection()
        rows = sum(_table_anew(connection, table) for table in Base.metadata.sorted_tables)
    with log.events() as (connection, events):
        return rows + (_table_anew(connection, events) if events is not None else 0)


def _table_anew(connection: Connection, table: Table) -> int:
    encrypted = [column for column in table.columns if isinstance(column.type, EncryptedText)]
    if not encrypted:
        return 0
    rows = connection.execute(select(table.c.id, *encrypted)).mappings().all()
    for row in rows:
        values = {column.name: row[column.name] for column in encrypted}
        connection.execute(update(table).where(table.c.id == row["id"]).values(values))
    return len(rows)
