"""Brings what the webhook has taken from its inbox (inbox.py) into the queue (queue.py)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
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
        self._unread: set[int] = set()  # rows that no key opens wait for the one that does

    async def bring(self) -> None:
        """Brings what is new. Only what is in the queue is removed, and not while more comes: the webhook had to wait.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: A database cannot be used now; nothing is lost.
        """
        known = self._brought | self._unread
        found = await self._box.do(partial(inbox.oldest, most=_TOGETHER, without=known))
        if self._brought and (not found or len(self._brought) > _MOST_LEFT):
            await self._box.do(partial(inbox.remove, rows=self._brought))
            self._brought = set()
        told = [incoming for arrived in found for incoming in self._told(arrived)]
        if told:
            await self._accept(told)
        self._unread |= {arrived.id for arrived in found if arrived.bodies is None}
        self._brought |= {arrived.id for arrived in found if arrived.bodies is not None}

    def _told(self, arrived: inbox.Arrived) -> list[list[Incoming]]:
        """The events of each body of a row."""
        told = [read_events(body, self._inbox_app) for body in arrived.bodies or []]
        return [[replace(one, received_at=arrived.received_at) for one in events] for events in told]

    async def _accept(self, told: Sequence[list[Incoming]]) -> None:
        """Puts bodies into the queue; where one of them cannot be kept, the others are."""
        try:
            await self._keep([one for events in told for one in events])
        except OperationalError:
            raise
        except (SQLAlchemyError, DataKeyError):
            for events in told:
                await self._accept_alone(events)

    async def _accept_alone(self, events: list[Incoming]) -> None:
        try:
            await self._keep(events)
        except OperationalError:
            raise
        except (SQLAlchemyError, DataKeyError) as error:
            logger.error("%d events were given up: %s", len(events), type(error).__name__)

    async def _keep(self, events: list[Incoming]) -> None:
        await self._work.do(partial(queue.accept, incoming=events))
