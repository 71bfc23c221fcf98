"""Deletes what has been kept long enough, by retention.yml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, Extra, Field
from sqlalchemy import delete
from sqlalchemy.engine import CursorResult

from bot.messenger.queue import old_events, unused_threads
from bot.storage import Database
from bot.storage.conversations import ConversationLog
from bot.storage.inbox import inbox_beside
from bot.storage.models import (
    AuditRow,
    BookingRequestRow,
    LoginFailureRow,
    MessengerEventRow,
    MessengerInboxRow,
    MessengerThreadRow,
    TurnRow,
    UnclearMessageRow,
)

_FILE = Path(__file__).with_name("retention.yml")


class Limits(BaseModel, extra=Extra.forbid):
    """How long things are kept, in days."""

    conversations: int = Field(ge=1)
    requests: int = Field(ge=1)
    figures: int = Field(ge=1)
    audit: int = Field(ge=1)
    login_failures: int = Field(ge=1)
    messenger_events: int = Field(ge=2)


@lru_cache(maxsize=1)
def the_limits() -> Limits:
    """The limits of this installation, read once."""
    return Limits(**yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def enforce_retention(database: Database, log: ConversationLog, limits: Limits, now: datetime) -> int:
    """Deletes what is older than its limit.

    A request counts from the patient's last change of it.

    Args:
        database: Where requests, figures and audit are.
        log: Where conversations are.
        limits: How long things are kept.
        now: This moment.

    Returns:
        How many rows are gone.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: A database could not be reached; what was deleted stays so.
    """

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    old = {
        BookingRequestRow: BookingRequestRow.changed_at < before(limits.requests),
        TurnRow: TurnRow.at < before(limits.figures),
        UnclearMessageRow: UnclearMessageRow.at < before(limits.conversations),
        AuditRow: AuditRow.at < before(limits.audit),
        LoginFailureRow: LoginFailureRow.at < before(limits.login_failures),
        MessengerEventRow: old_events(before(limits.messenger_events)),
        MessengerInboxRow: MessengerInboxRow.received_at < before(limits.messenger_events),
        MessengerThreadRow: unused_threads(before(limits.conversations)),
    }
    gone = _delete(database, old)
    if box := inbox_beside(database):
        gone += _delete(box, {MessengerInboxRow: old[MessengerInboxRow]})
        box.close()
    return gone + log.delete_before(before(limits.conversations))


def _delete(database: Database, old: Mapping[Any, Any]) -> int:
    """Deletes the rows of tables by their conditions; gives how many are gone."""
    gone = 0
    with database.unit_of_work() as session:
        for table, condition in old.items():
            found = session.execute(delete(table).where(condition).execution_options(synchronize_session=False))
            gone += cast("CursorResult", found).rowcount
    return gone
