"""Killed at any moment, no process loses a confirmed request, and every request is mailed."""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.notification.worker import deliver_due
from bot.run.services import endpoints_for, free_port
from bot.storage import Database, migrate
from bot.storage.columns import now
from tests.channels.browser import new_key
from tests.notification.mail_server import MailServer
from tests.notification.requests import notifications
from tests.services.processes import Processes, wait_until
from tests.site import own_tracker_store
from tests.stored import stored_requests

BOOKINGS = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 50
AT_ONCE = 6
BOOK = "i want to book an appointment"
PATIENCE = 120  # seconds that a patient goes on trying
# How likely each process is the next to be killed; a Rasa server takes ten seconds to come back.
TARGETS = {"action server": 4, "worker": 5, "Rasa": 1}


@pytest.fixture
def processes(model: Path, tmp_path: Path, mail_server: MailServer) -> Iterator[Processes]:
    """The whole assistant, started."""
    action_port = free_port()
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/assistant.db",
        "WEB_SECRET": "a secret of the tests",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mail_server.port),
        "SMTP_SECURITY": "none",
        "NOTIFY_TO": "desk@clinic.org",
        "NOTIFY_FROM": "assistant@clinic.org",
    }
    migrate(settings["DATABASE_URL"])
    endpoints = own_tracker_store(endpoints_for(action_port), tmp_path)
    assistant = Processes(tmp_path, endpoints, action_port, settings)
    for name in assistant.commands:
        assistant.start(name)
    wait_until(lambda: is_ready(assistant))
    yield assistant
    assistant.end()


def is_ready(assistant: Processes) -> bool:
    try:
        rasa = httpx.get(f"http://127.0.0.1:{assistant.port}/webhooks/web/health").json()
        actions = httpx.get(f"http://127.0.0.1:{assistant.action_port}/health")
    except (httpx.TransportError, ValueError):
        return False
    return bool(rasa["ready"]) and actions.status_code == httpx.codes.OK


class Patient:
    """Books a visit over the web channel, and tries again whenever something fails."""

    def __init__(self, port: int, number: int) -> None:
        self.contact = f"patient{number}@example.com"
        self.confirmed = False
        self._web = httpx.Client(base_url=f"http://127.0.0.1:{port}/webhooks/web", timeout=30)
        self._token = ""
        self._answers = {
            "utter_ask_booking_form_patient_name": "Maria Lopez",
            "utter_ask_booking_form_contact": self.contact,
            "utter_ask_booking_form_preferred_time": "friday after 3",
            "utter_ask_booking_form_visit_reason": "skip",
            "utter_ask_booking_form_contact_consent": "yes",
            "utter_ask_booking_form_booking_confirmed": "yes",
        }

    def book(self) -> None:
        deadline = time.monotonic() + PATIENCE
        asked = None
        key = new_key()
        while not self.confirmed and time.monotonic() < deadline:
            try:
                asked = self._say(self._answers.get(asked or "", BOOK), key) if self._token else self._open()
                key = new_key()
            except (httpx.TransportError, ValueError, KeyError):
                time.sleep(0.3)  # and the same message is sent again under its key, as the widget does
        self._web.close()

    def _say(self, text: str, key: str) -> str | None:
        body = {"key": key, "text": text}
        return self._told(self._web.post("/messages", json=body, headers={"Authorization": f"Bearer {self._token}"}))

    def _open(self) -> str | None:
        return self._told(self._web.post("/sessions", json={"consent": True}))

    def _told(self, response: httpx.Response) -> str | None:
        """The name of the last response; whatever was confirmed is noted."""
        answer = response.json()
        self._token = answer.get("token") or self._token
        names = [message["response"] for message in answer["messages"]]
        self.confirmed = self.confirmed or bool({"utter_booking_stored", "utter_booking_updated"} & {*names})
        return names[-1] if names else None


def kill_at_random(assistant: Processes, stopping: threading.Event) -> list[str]:
    """Kills one process after the other, each when all are back, until it is told to stop; gives which."""
    dice = random.Random(6)  # noqa: S311  # no secret is drawn
    killed: list[str] = []
    while not stopping.wait(dice.uniform(0.3, 2.5)):
        (name,) = dice.choices([*TARGETS], [*TARGETS.values()])
        assistant.kill_and_start(name)
        killed.append(name)
        wait_until(lambda: is_ready(assistant))
    return killed


def test_kill_9_of_any_process_loses_no_confirmed_request_and_mails_each(
    processes: Processes, mail_server: MailServer
) -> None:
    patients = [Patient(processes.port, number) for number in range(BOOKINGS)]
    stopping = threading.Event()
    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        killing = pool.submit(kill_at_random, processes, stopping)
        list(pool.map(Patient.book, patients))
        stopping.set()
        killed = killing.result()
    assert killed
    print(f"{len(killed)} kills: { {name: killed.count(name) for name in TARGETS} }")

    assert all(patient.confirmed for patient in patients)
    url = processes.environment["DATABASE_URL"]
    kept = [row["contact"] for row in stored_requests(url)]
    assert sorted(kept) == sorted(patient.contact for patient in patients)

    processes.end()
    later = timedelta(minutes=5)  # when the leases of the killed workers have run out
    asyncio.run(deliver_due(Database(url), mail_server.settings(), lambda: now() + later))
    mails = [(attempt.mail["Message-ID"], attempt.mail["X-Retry-Key"]) for attempt in mail_server.attempts]
    retry_keys = [key for _, key in mails]
    assert len(retry_keys) == len({*retry_keys})
    references = {row["id"]: row["reference"] for row in stored_requests(url)}
    due = {f"{references[row['request_id']]}.{row['version']}" for row in notifications(url)}
    assert {message.strip(" <>").partition("@")[0] for message, _ in mails} == due
    print(f"{len(mails)} mails for {len(due)} notifications")
