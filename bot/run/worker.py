"""The background process, `python -m bot.run.worker ENDPOINTS`: sends mail, deletes what was kept long enough."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from bot.notification.settings import MailSettingsError, SmtpSettings, mail_line, smtp_settings
from bot.notification.worker import run_worker
from bot.privacy.job import run_privacy_job
from bot.run.environment import end_with_supervisor
from bot.storage import Database, database_url
from bot.storage.conversations import ConversationLog, TrackerStoreError, conversation_log

_END_PATIENCE = 10  # seconds that jobs get to end what they are at; less than the supervisor gives us


def main() -> int:
    """Runs the jobs until SIGTERM or Ctrl-C; gives the exit code."""
    end_with_supervisor()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = smtp_settings(os.environ)
        log = conversation_log(Path(sys.argv[1]))
    except (MailSettingsError, TrackerStoreError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(mail_line(settings), flush=True)
    asyncio.run(_work(settings, log))
    return 0


def _jobs(
    database: Database, settings: SmtpSettings | None, log: ConversationLog, stopping: asyncio.Event
) -> list[Coroutine[Any, Any, None]]:
    """The jobs of the background, each a coroutine that goes on until `stopping` is set."""
    jobs: list[Coroutine[Any, Any, None]] = [run_privacy_job(database, log, stopping)]
    if settings is not None:
        jobs.append(run_worker(database, settings, stopping))
    return jobs


async def _work(settings: SmtpSettings | None, log: ConversationLog) -> None:
    """Runs the jobs together. One that fails ends the process, so that the supervisor tells of it."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    database = Database(database_url())
    jobs = [asyncio.create_task(job) for job in _jobs(database, settings, log, stopping)]
    told_to_end = asyncio.create_task(stopping.wait())
    await asyncio.wait([told_to_end, *jobs], return_when=asyncio.FIRST_COMPLETED)
    stopping.set()
    ended, late = await asyncio.wait([told_to_end, *jobs], timeout=_END_PATIENCE)
    for job in late:
        job.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    database.close()
    for job in ended:
        job.result()


if __name__ == "__main__":
    sys.exit(main())
