"""The inbox of Messenger's webhook: what Meta has told, until a worker has put it into the queue (queue.py).

With SQLite it is a file of its own: there one process writes at a time, and the webhook waits for no worker.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Text, delete, insert, select, type_coerce
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from bot.storage import Database, DataKeyError, the_keyring
from bot.storage.models import MessengerInboxRow

logger = logging.getLogger(__name__)

_FILE = "-inbox"  # behind the name of the assistant's own file


def open_inbox(url: str) -> Database:
    """The database that the inbox is in; makes the file and its table where there are none.

    Args:
        url: The address of the assistant's database.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return Database(url)
    name, dot, kind = address.database.rpartition(".")
    database = Database(str(address.set(database=f"{name}{_FILE}{dot}{kind}")))
    MessengerInboxRow.__table__.create(database.engine, checkfirst=True)
    return database


def put(session: Session, bodies: Sequence[Any]) -> list[None]:
    """Keeps bodies of the webhook, JSON values, as one row."""
    session.execute(insert(MessengerInboxRow), [{"bodies": json.dumps(bodies)}])
    return [None] * len(bodies)


def oldest(session: Session, most: int, without: Collection[int] = ()) -> dict[int, list[Any]]:
    """The bodies that wait longest.

    Args:
        session: Whose transaction.
        most: How many rows at most.
        without: Rows that are known already.

    Returns:
        Row to bodies; none where no key opens it.
    """
    token = type_coerce(MessengerInboxRow.bodies, Text).label("token")
    row = MessengerInboxRow
    rows = session.execute(select(row.id, token).where(row.id.not_in(without)).order_by(row.id).limit(most))
    return {int(row.id): _read(str(row.token)) for row in rows}


def remove(session: Session, rows: Collection[int]) -> None:
    """Forgets bodies that are in the queue."""
    gone = delete(MessengerInboxRow).where(MessengerInboxRow.id.in_(rows))
    session.execute(gone.execution_options(synchronize_session=False))


def _read(token: str) -> list[Any]:
    try:
        bodies: list[Any] = json.loads(the_keyring().decrypt(token))
    except DataKeyError as error:
        logger.error("What Meta told is given up. %s", error)
        return []
    return bodies
