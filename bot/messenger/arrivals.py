"""Brings what the webhook has taken from its inbox (inbox.py) into the queue (queue.py)."""

from __future__ import annotations

import logging
from functools import partial

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.messenger import inbox, queue
from bot.messenger.events import Incoming, read_events
from bot.storage import DataKeyError
from bot.storage.group_commit import Works

logger = logging.getLogger(__name__)

_TOGETHER = 100  # rows
_MOST_LEFT = 500  # rows that stay in the inbox while more come


class Arrivals:
    """Brings what has arrived into the queue, each event once however often it is brought.

    Args:
        box: Where the inbox is.
        work: Where the queue is.
        inbox_app: The app id of the inbox that people answer in.
    """

    def __init__(self, box: Works, work: Works, inbox_app: int) -> None:
        self._box = box
        self._work = work
        self._inbox_app = inbox_app
        self._brought: set[int] = set()

    async def bring(self) -> None:
        """Brings what is new. Only what is in the queue is removed, and not while more comes: the webhook had to wait.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: A database cannot be used now; nothing is lost.
        """
        rows = await self._box.do(partial(inbox.oldest, most=_TOGETHER, without=self._brought))
        if self._brought and (not rows or len(self._brought) > _MOST_LEFT):
            await self._box.do(partial(inbox.remove, rows=self._brought))
            self._brought = set()
        if rows:
            await self._accept([read_events(body, self._inbox_app) for bodies in rows.values() for body in bodies])
            self._brought |= rows.keys()

    async def _accept(self, told: list[list[Incoming]]) -> None:
        """Puts bodies into the queue; where one of them cannot be kept, the others are."""
        try:
            await self._work.do(partial(queue.accept, incoming=[one for incoming in told for one in incoming]))
        except OperationalError:
            raise
        except (SQLAlchemyError, DataKeyError) as error:
            if len(told) == 1:
                logger.error("%d events were given up: %s", len(told[0]), type(error).__name__)
                return
            for incoming in told:
                await self._accept([incoming])
