"""Messenger's process, `python -m bot.run.messenger ENDPOINTS`: answers what its webhook has put into the queue."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from rasa.core.agent import load_agent
from rasa.core.utils import AvailableEndpoints
from rasa.utils.log_utils import configure_structlog

from bot.channels.messenger_answers import Answers
from bot.channels.messenger_worker import MessengerWorker
from bot.insight.recorder import Recorder
from bot.messenger.arrivals import Arrivals
from bot.messenger.graph import Graph
from bot.messenger.settings import MessengerSettings, MessengerSettingsError, messenger_settings
from bot.run.adapters import adapt_rasa
from bot.run.environment import end_with_supervisor
from bot.run.training import trained_model
from bot.storage import Database, database_url
from bot.storage.group_commit import Works
from bot.storage.inbox import open_inbox

_NICE = 10  # where the machine is busy, the website's chat goes first: its patients wait at the screen


def main() -> int:
    """Answers until SIGTERM or Ctrl-C; gives the exit code."""
    end_with_supervisor()
    adapt_rasa()
    os.nice(_NICE)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    configure_structlog(logging.ERROR)  # below it Rasa tells what patients write
    try:
        settings = messenger_settings(os.environ)
    except MessengerSettingsError as error:
        print(error, file=sys.stderr)
        return 1
    if settings is None:
        print("Messenger is off: there is nothing to answer.", file=sys.stderr)
        return 1
    asyncio.run(_answer(settings, Path(sys.argv[1])))
    return 0


async def _answer(settings: MessengerSettings, endpoints: Path) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    agent = await load_agent(str(trained_model()), endpoints=AvailableEndpoints.read_endpoints(str(endpoints)))
    database, inbox, recorder = Database(database_url()), open_inbox(database_url()), Recorder(database_url())
    gc.collect()
    gc.freeze()  # what the model and the libraries have made is never garbage
    async with Graph(settings) as graph:
        answers = Answers(agent, settings, recorder)
        people_have = timedelta(minutes=settings.people_minutes)
        work = Works(database)
        arrivals = Arrivals(Works(inbox), work, settings.inbox_app_id)
        await MessengerWorker(work, arrivals, answers, graph, people_have).run(stopping)
    recorder.close()
    inbox.close()
    database.close()


if __name__ == "__main__":
    sys.exit(main())
