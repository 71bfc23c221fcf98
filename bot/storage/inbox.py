"""Where the inbox of Messenger's webhook is: in the assistant's database, or with SQLite in a file beside it.

There one process writes at a time, and the webhook must wait for no other (bot/messenger/inbox.py).
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.schema import CreateTable

from bot.storage.database import Database
from bot.storage.models import MessengerInboxRow

_BEHIND_THE_NAME = "-inbox"


def open_inbox(url: str | URL) -> Database:
    """The database that the inbox is in; makes the file and its table where there are none.

    Args:
        url: The address of the assistant's database.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return Database(address)
    file = Path(address.database)
    beside = file.with_name(f"{file.stem}{_BEHIND_THE_NAME}{file.suffix}")
    box = Database(address.set(database=str(beside)))
    with box.engine.begin() as connection:
        connection.execute(CreateTable(MessengerInboxRow.__table__, if_not_exists=True))
    return box


def inbox_beside(database: Database) -> Database | None:
    """The inbox's own file; None where it is a table of this database."""
    return open_inbox(database.engine.url) if database.engine.dialect.name == "sqlite" else None
