"""Records turns behind the chat's back: it never waits for the database, and the database never disturbs it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from bot.insight.record import record_turn
from bot.storage import Database
from bot.storage.columns import now

logger = logging.getLogger(__name__)

MOST_WAITING = 1000
"""How many turns may wait to be written; those beyond are dropped and counted."""

_LAST_PATIENCE = 10.0  # seconds that what waits gets to be written when the server stops


class _Noted(NamedTuple):
    conversation_id: str
    response_names: tuple[str, ...]
    typed_text: str | None
    at: datetime


class Recorder:
    """Takes note of turns at once and writes them down in a thread of its own, in their order.

    Args:
        url: The database's address.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self._waiting: queue.Queue[_Noted | None] = queue.Queue(MOST_WAITING)
        self._dropped = 0
        self._worker = threading.Thread(target=self._write, name="recorder", daemon=True)
        self._worker.start()

    def note(self, conversation_id: str, response_names: Sequence[str], typed_text: str | None) -> None:
        """Takes note of a turn and returns at once.

        Args:
            conversation_id: The conversation.
            response_names: The names of the assistant's responses.
            typed_text: What the patient typed; None where a button was pressed, or nothing was said yet.
        """
        try:
            self._waiting.put_nowait(_Noted(conversation_id, tuple(response_names), typed_text, now()))
        except queue.Full:
            self._dropped += 1
            logger.error("turns that were not recorded because too many wait: %d", self._dropped)

    def close(self) -> None:
        """Writes what waits and ends; what cannot be written in time is counted and dropped."""
        with suppress(queue.Full):  # then the worker has not got to the end, which is told below
            self._waiting.put(None, timeout=_LAST_PATIENCE)
            self._worker.join(_LAST_PATIENCE)
        if self._worker.is_alive():
            logger.error("turns that were not recorded because the database does not answer: %d", self._waiting.qsize())
            return
        self._database.close()

    def _write(self) -> None:
        while (noted := self._waiting.get()) is not None:
            try:
                record_turn(self._database, *noted)
            except Exception as error:  # whatever failed, the next turn is still to be recorded
                logger.error("a turn was not recorded: %s", type(error).__name__)
