"""Writes of many at once in one transaction: a commit waits for the disk, and so each would wait for all before it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.storage.database import Database

Item = TypeVar("Item")
T = TypeVar("T")

_MOST_WORKS = 10
_PAUSE = 0.005

Work = Callable[[Session], Any]


class GroupCommit(Generic[Item]):
    """Writes items to a database, all that wait together in one transaction, off the event loop.

    Args:
        database: The database.
        write: Writes items by a session; gives what comes of each. Where one of several fails, each is written alone.
        most: How many items share a transaction. SQLite keeps other processes from writing until it ends.
        pause: Seconds between two transactions, in which others get to write.
    """

    def __init__(
        self,
        database: Database,
        write: Callable[[Session, Sequence[Item]], Sequence[Any]],
        most: int = 500,
        pause: float = 0.0,
    ) -> None:
        self._database = database
        self._write = write
        self._most = most
        self._pause = pause
        self._waiting: list[tuple[Item, asyncio.Future[Any]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> Any:
        """Writes an item; it is on disk when this returns.

        Returns:
            What comes of it.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: It could not be written; nothing of it has changed.
        """
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._run())
        return await done

    async def _run(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            items = [item for item, _ in together]
            for (_, done), outcome in zip(together, await asyncio.to_thread(self._outcomes, items), strict=True):
                if done.cancelled():
                    continue
                if isinstance(outcome, Exception):
                    done.set_exception(outcome)
                else:
                    done.set_result(outcome)
            await asyncio.sleep(self._pause)

    def _outcomes(self, items: Sequence[Item]) -> Sequence[Any]:
        """What comes of each item, or the error that it fails with."""
        try:
            with self._database.unit_of_work() as session:
                return self._write(session, items)
        except OperationalError as error:  # the database is away: none of the others would fare better
            return [error] * len(items)
        except Exception as error:
            if len(items) == 1:
                return [error]
            return [outcome for item in items for outcome in self._outcomes([item])]


class Works(GroupCommit[Work]):
    """Does pieces of work of any kind, each a function of a session, all that wait together in one transaction."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, lambda session, works: [work(session) for work in works], _MOST_WORKS, _PAUSE)

    async def do(self, work: Callable[[Session], T]) -> T:
        """Does a piece of work; gives, and raises, as `put` does.

        Args:
            work: Reads and writes by the session. Where another piece fails, it may be called once more.
        """
        return cast("T", await self.put(work))
