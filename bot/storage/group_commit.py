"""Writes of many at once in one transaction: a commit waits for the disk, and so each would wait for all before it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session

from bot.storage.database import Database

T = TypeVar("T")

_MOST = 500  # pieces of work in one transaction


class GroupCommit:
    """Does pieces of work in a database, all that wait together in one transaction, off the event loop.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Callable[[Session], Any], asyncio.Future[Any]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def do(self, work: Callable[[Session], T]) -> T:
        """Does a piece of work; its changes are on disk when this returns.

        Args:
            work: Reads and writes by the session. Where another piece fails, it may be called once more.

        Returns:
            What the work gives.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: It could not be done; nothing of it has changed.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            works = [work for work, _ in together]
            for (_, done), outcome in zip(together, await asyncio.to_thread(self._outcomes, works), strict=True):
                if done.cancelled():
                    continue
                if isinstance(outcome, Exception):
                    done.set_exception(outcome)
                else:
                    done.set_result(outcome)

    def _outcomes(self, works: list[Callable[[Session], Any]]) -> list[Any]:
        """What each piece gives, or the error that it fails with."""
        try:
            with self._database.unit_of_work() as session:
                return [work(session) for work in works]
        except Exception as error:
            if len(works) == 1:
                return [error]
            return [cast("Any", outcome) for work in works for outcome in self._outcomes([work])]
