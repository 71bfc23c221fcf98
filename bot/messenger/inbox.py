"""The inbox of Messenger's webhook: what Meta has told, until a worker has put it into the queue (queue.py).

With SQLite it is a file of its own (bot/storage/inbox.py), so that the webhook waits for no worker.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, delete, insert, select, type_coerce
from sqlalchemy.orm import Session

from bot.storage import DataKeyError, the_keyring
from bot.storage.models import MessengerInboxRow

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrived:
    """A row of the inbox.

    Attributes:
        id: Which row.
        received_at: When it came.
        bodies: Bodies of the webhook; None where no key opens it.
    """

    id: int
    received_at: datetime
    bodies: list[Any] | None


def put(session: Session, bodies: Sequence[Any]) -> list[None]:
    """Keeps bodies of the webhook, JSON values, as one row."""
    session.execute(insert(MessengerInboxRow), [{"bodies": json.dumps(bodies)}])
    return [None] * len(bodies)


def oldest(session: Session, most: int, without: Collection[int] = ()) -> list[Arrived]:
    """What waits longest.

    Args:
        session: Whose transaction.
        most: How many rows at most.
        without: Rows that are known already.
    """
    row = MessengerInboxRow
    columns = (row.id, row.received_at, type_coerce(row.bodies, Text).label("token"))
    found = session.execute(select(*columns).where(row.id.not_in(without)).order_by(row.id).limit(most))
    return [Arrived(int(one.id), one.received_at, _read(str(one.token))) for one in found]


def remove(session: Session, rows: Collection[int]) -> None:
    """Forgets bodies that are in the queue."""
    gone = delete(MessengerInboxRow).where(MessengerInboxRow.id.in_(rows))
    session.execute(gone.execution_options(synchronize_session=False))


def _read(token: str) -> list[Any] | None:
    try:
        bodies: list[Any] = json.loads(the_keyring().decrypt(token))
    except DataKeyError as error:
        logger.error("What Meta told waits. %s", error)
        return None
    return bodies
