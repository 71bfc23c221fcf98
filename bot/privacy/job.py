"""The background job of privacy: erasures as they fall due, and retention once an hour."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from bot.privacy.erasure import finish_erasures
from bot.privacy.retention import enforce_retention, the_limits
from bot.storage import Database, DataKeyError
from bot.storage.columns import now
from bot.storage.conversations import ConversationLog

logger = logging.getLogger(__name__)

_PAUSE = 2.0  # seconds between two looks for erasures
_RETENTION_EVERY = 60 * 60.0  # seconds


async def run_privacy_job(
    database: Database, log: ConversationLog, stopping: asyncio.Event, pause: float = _PAUSE
) -> None:
    """Runs until it is told to stop. A database that is away is tried again.

    Args:
        database: Where requests, figures and wishes to be erased are.
        log: Where conversations are.
        stopping: Set when it shall end.
        pause: Seconds between two looks.
    """
    next_retention = 0.0
    while not stopping.is_set():
        try:
            if time.monotonic() >= next_retention:
                gone = await asyncio.to_thread(enforce_retention, database, log, the_limits(), now())
                logger.info("retention deleted %d rows", gone)
                next_retention = time.monotonic() + _RETENTION_EVERY
            done = await asyncio.to_thread(finish_erasures, database, log)
            if done:
                logger.info("%d conversations are erased", done)
        except (SQLAlchemyError, DataKeyError) as error:
            logger.error("deleting has to wait: %s", type(error).__name__)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)
