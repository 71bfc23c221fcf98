"""The worker that empties the outbox.

SMTP cannot be made exactly-once: between the server's "accepted" and the note of it a process can die. So each
notification is mailed at least once, and at most once under each retry key; a duplicate bears the Message-ID of the
first, by which mail systems drop it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.notification.mail import write_mail
from bot.notification.outbox import claim_next, mark_failed, mark_sent, read_notice
from bot.notification.sending import SendingError, send_mail
from bot.notification.settings import SmtpSettings
from bot.storage import Database, DataKeyError
from bot.storage.columns import now

logger = logging.getLogger(__name__)


async def deliver_due(database: Database, settings: SmtpSettings, clock: Callable[[], datetime] = now) -> int:
    """Makes one attempt at every mail that is due.

    Args:
        database: Where the outbox is.
        settings: Through which server, and to whom.
        clock: Tells this moment; asked anew for every step, since sending takes time.

    Returns:
        How many were sent.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: The database cannot be used.
    """
    sent = 0
    while (was_sent := await _deliver_next(database, settings, clock)) is not None:
        sent += was_sent
    return sent


async def run_worker(
    database: Database,
    settings: SmtpSettings,
    stopping: asyncio.Event,
    poll: float = 2.0,
    clock: Callable[[], datetime] = now,
) -> None:
    """Sends what is due, again and again, until it is told to stop. A mail that is under way is ended first.

    Args:
        database: Where the outbox is. While it cannot be used, the worker waits for it.
        settings: Through which server, and to whom.
        stopping: Set when the worker shall end.
        poll: Seconds to wait where nothing is due.
        clock: Tells this moment.
    """
    trouble = False
    while not stopping.is_set():
        try:
            idle = await _deliver_next(database, settings, clock) is None
            if trouble:
                logger.info("The database can be used again.")
            trouble = False
        except SQLAlchemyError as error:
            if not trouble:  # once, not with every look
                logger.error("The database cannot be used (%s); the outbox waits for it.", type(error).__name__)
            idle = trouble = True
        if idle:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stopping.wait(), poll)


async def _deliver_next(database: Database, settings: SmtpSettings, clock: Callable[[], datetime]) -> bool | None:
    """Makes an attempt at the mail that has been due longest: whether it was sent, or None where none is due."""
    claim = await asyncio.to_thread(claim_next, database, clock())
    if claim is None:
        return None
    try:
        notice = await asyncio.to_thread(read_notice, database, claim)
        if notice is None:
            return False
        refused = await send_mail(write_mail(notice, claim.attempt, settings, clock()), settings)
    except SendingError as error:
        failure = str(error)
    except DataKeyError as error:
        logger.error("%s", error)
        failure = "no key opens the request"
    except SQLAlchemyError:
        raise
    except Exception as error:  # a row as nobody foresaw it must not hold up the others
        failure = f"cannot be written ({type(error).__name__})"
    else:
        await asyncio.to_thread(mark_sent, database, claim, clock(), refused)
        logger.info("Notification %d: sent by attempt %d.", claim.notification, claim.attempt)
        if refused:
            logger.warning("Notification %d: %s, taken for others.", claim.notification, refused)
        return True
    await asyncio.to_thread(mark_failed, database, claim, clock(), failure)
    logger.warning("Notification %d: attempt %d failed: %s.", claim.notification, claim.attempt, failure)
    return False
