"""A worker process whose clock runs sixty times as fast, so that a lease ends in two seconds; for tests that kill it.

`python -m tests.notification.hurried_worker PORT`, with DATABASE_URL and DATA_KEYS in the environment.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timezone

from bot.notification.settings import SmtpSettings
from bot.notification.worker import run_worker
from bot.storage import Database, database_url

_HURRY = 60
_START = datetime(2026, 1, 1, tzinfo=timezone.utc)  # the same for every process


def hurried() -> datetime:
    """A clock on which everything that was due by the real one is due."""
    return datetime.now(timezone.utc) + (datetime.now(timezone.utc) - _START) * (_HURRY - 1)


async def main() -> None:
    settings = SmtpSettings(
        host="127.0.0.1", port=int(sys.argv[1]), security="none", recipients="desk@clinic.org", sender="a@clinic.org"
    )
    await run_worker(Database(database_url()), settings, asyncio.Event(), poll=0.1, clock=hurried)


if __name__ == "__main__":
    asyncio.run(main())
