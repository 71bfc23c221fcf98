"""A Facebook page that the assistant answers for: real servers, real worker, real database, Meta on the loopback."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.messenger.inbox import oldest
from bot.run.services import (
    Services,
    endpoints_for,
    free_port,
    start_action_server,
    start_messenger,
    start_rasa_server,
)
from bot.storage import Database, migrate
from bot.storage.inbox import open_inbox
from bot.storage.models import MessengerEventRow, MessengerThreadRow
from tests.messenger.bodies import batch, message, post, postback, tapped
from tests.messenger.fake_graph import FakeGraph
from tests.site import own_tracker_store

_PATIENCE = 30  # seconds that an answer may take
_LOOK = 0.05  # seconds
_persons = itertools.count(5_000_000_000)


class Page:
    """What a patient does on Messenger, and what they get."""

    def __init__(
        self,
        site: str,
        graph: FakeGraph,
        database: Database,
        inbox: Database,
        services: Services,
        surroundings: Callable[[], AbstractContextManager[None]],
        endpoints: Path,
    ) -> None:
        self.site = site
        self.surroundings = surroundings
        self.webhook = f"{site}/webhooks/messenger/webhook"
        self.graph = graph
        self.database = database
        self.inbox = inbox
        self.services = services
        self._endpoints = endpoints

    def kill_messenger(self) -> None:
        """Kills the worker where it stands, and starts another."""
        at = next(at for at, (service, _) in enumerate(self.services._running) if service.name == "Messenger")
        _, process = self.services._running.pop(at)
        process.kill()
        process.wait()
        with self.surroundings():
            start_messenger(self.services, self._endpoints)

    def say(self, person: str, text: str) -> list[dict[str, Any]]:
        """Types a message; gives the messages that come back."""
        return self.tell(message(person, text))

    def tap(self, person: str, title: str) -> list[dict[str, Any]]:
        """Takes a quick reply of the last message."""
        replies = self.graph.sent(person)[-1]["quick_replies"]
        payload = next(reply["payload"] for reply in replies if reply["title"] == title)
        return self.tell(tapped(person, title, payload))

    def open(self, person: str) -> list[dict[str, Any]]:
        """Presses "Get started"."""
        return self.tell(postback(person, title="Get started", payload="/greet"))

    def tell(self, *events: Any) -> list[dict[str, Any]]:
        """Has Meta tell events of one person; gives the messages that come back."""
        person = str(events[0]["sender"]["id"])
        before = len(self.graph.sent(person))
        assert post(self.webhook, batch(*events)) == 200
        self.wait()
        return self.graph.sent(person)[before:]

    def wait(self, seconds: float = _PATIENCE) -> None:
        """Waits until all that was told is answered."""
        self.wait_until(self._is_idle, seconds)

    def wait_until(self, holds: Callable[[], bool], seconds: float = _PATIENCE) -> None:
        """Waits until something holds."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "it did not come to that in time"
            time.sleep(_LOOK)

    def _is_idle(self) -> bool:
        with self.inbox.unit_of_work() as session:
            if oldest(session, 1):
                return False
        with self.database.unit_of_work() as session:
            held = select(MessengerThreadRow.id).where(MessengerThreadRow.lease.is_not(None))
            return not waiting(session) and session.execute(held).first() is None


def waiting(session: Session) -> int:
    """How many events are still to be answered."""
    return int(session.execute(select(func.count()).where(MessengerEventRow.is_open)).scalar_one())


def somebody() -> str:
    """The page-scoped id of somebody who has not written yet."""
    return str(next(_persons))


def texts(messages: list[dict[str, Any]]) -> list[str]:
    """What messages say; of a template what stands above its buttons."""
    return [one["text"] if "text" in one else one["attachment"]["payload"]["text"] for one in messages]


def titles(message: dict[str, Any]) -> list[str]:
    """The titles of a message's quick replies."""
    return [reply["title"] for reply in message.get("quick_replies", [])]


@contextmanager
def running_page(graph: FakeGraph, folder: Path, **settings: str) -> Iterator[Page]:
    """Starts servers and worker for a page.

    Args:
        graph: Meta.
        folder: Where the databases are made.
        **settings: Further variables of the environment.
    """
    url = f"sqlite:///{folder}/page.db"
    migrate(url)
    environment = {**graph.environment, "DATABASE_URL": url, "WEB_SECRET": "a secret of the tests", **settings}
    endpoints = own_tracker_store(endpoints_for(free_port()), folder)
    action_url = yaml.safe_load(endpoints.read_text(encoding="utf-8"))["action_endpoint"]["url"]
    port, action_port = free_port(), urlsplit(action_url).port
    assert action_port
    database, inbox = Database(url), open_inbox(url)
    with Services() as services:
        page = Page(
            f"http://127.0.0.1:{port}", graph, database, inbox, services, partial(_surroundings, environment), endpoints
        )
        with page.surroundings():
            start_action_server(services, "127.0.0.1", action_port)
            start_rasa_server(services, "127.0.0.1", port, endpoints)
            start_messenger(services, endpoints)
        services.wait_until_ready()
        yield page
    inbox.close()
    database.close()


@contextmanager
def _surroundings(environment: dict[str, str]) -> Iterator[None]:
    """The environment with these variables, and afterwards as it was."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
