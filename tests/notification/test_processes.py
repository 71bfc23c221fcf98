"""Real worker processes: killed at any moment, ended in order, and started without settings or with wrong ones."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.storage import Database, migrate
from tests.notification.mail_server import MailServer
from tests.notification.requests import notifications, save
from tests.site import own_tracker_store

MAIL = ("SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "SMTP_SECURITY", "NOTIFY_TO", "NOTIFY_FROM")


def start(url: str, *command: str, **settings: str) -> subprocess.Popen[str]:
    """Starts a module of ours with these settings and no others."""
    environment = {name: value for name, value in os.environ.items() if name not in MAIL}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *command],
        env={**environment, **settings, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


def settings_for(server: MailServer) -> dict[str, str]:
    return {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(server.port),
        "SMTP_SECURITY": "none",
        "NOTIFY_TO": "desk@clinic.org",
        "NOTIFY_FROM": "assistant@clinic.org",
    }


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/outbox.db"
    migrate(address)
    return address


def test_a_worker_that_is_killed_at_any_moment_loses_no_mail_and_repeats_no_key(
    any_database: str, mail_server: MailServer
) -> None:
    chance = random.Random(7)  # noqa: S311  # the moments of killing
    for number in range(60):
        save(Database(any_database), str(number))
    mail_server.seconds = 0.01
    kills = mid_mail = 0
    while len(mail_server.attempts) < 50:
        worker = start(any_database, "tests.notification.hurried_worker", str(mail_server.port))
        goal = len(mail_server.attempts) + chance.randint(1, 8)
        wait_for(lambda: len(mail_server.attempts) >= goal or worker.poll() is not None)  # noqa: B023  # done at once
        time.sleep(chance.uniform(0, 0.05))
        assert worker.poll() is None, worker.communicate()[0]
        worker.kill()
        worker.communicate()
        kills += 1
        mid_mail += any(row["leased_until"] is not None for row in notifications(any_database))
    last = start(any_database, "tests.notification.hurried_worker", str(mail_server.port))
    wait_for(lambda: all(row["sent_at"] is not None for row in notifications(any_database)))
    last.kill()
    last.communicate()
    mails = [attempt.mail for attempt in mail_server.attempts]
    keys = Counter(mail["X-Retry-Key"] for mail in mails)
    print(f"kills {kills}, with a mail under way {mid_mail}, mails {len(mails)}, of 60")
    assert len({mail["Message-ID"] for mail in mails}) == 60
    assert max(keys.values()) == 1
    assert mid_mail > 0
    rows = notifications(any_database)
    assert sum(row["attempts"] for row in rows) <= 60 + kills
    assert not any(row["leased_until"] for row in rows)


@pytest.fixture
def endpoints(tmp_path: Path) -> Path:
    """An endpoints file with a tracker store of the test's own."""
    return own_tracker_store(Path("endpoints.yml"), tmp_path)


def test_the_background_process_mails_a_request_and_ends_at_once_when_told(
    url: str, endpoints: Path, mail_server: MailServer
) -> None:
    save(Database(url))
    worker = start(url, "bot.run.worker", str(endpoints), **settings_for(mail_server))
    wait_for(lambda: len(mail_server.taken) == 1)
    told = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    said, _ = worker.communicate(timeout=10)
    assert time.monotonic() - told < 3
    assert worker.returncode == 0, said
    assert "Mail: requests are mailed to desk@clinic.org." in said
    assert "sent by attempt 1" in said
    assert "Maria" not in said
    assert notifications(url)[0]["sent_at"] is not None


def test_without_mail_the_background_process_says_so_and_stays(url: str, endpoints: Path) -> None:
    save(Database(url))
    worker = start(url, "bot.run.worker", str(endpoints))
    assert worker.stdout is not None
    assert worker.stdout.readline().startswith("Mail is not set up (SMTP_HOST")
    time.sleep(1)
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    said, _ = worker.communicate(timeout=10)
    assert worker.returncode == 0
    assert "Traceback" not in said
    assert notifications(url)[0]["attempts"] == 0


@pytest.mark.parametrize("command", [("bot.run.worker", "endpoints.yml"), ("bot.notification", "--once")])
def test_half_set_mail_ends_the_process_with_what_is_missing(url: str, command: tuple[str, ...]) -> None:
    process = start(url, *command, SMTP_HOST="smtp.clinic.org")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "NOTIFY_TO: is missing" in said
    assert "NOTIFY_FROM: is missing" in said
    assert "Traceback" not in said


def test_once_sends_what_is_due_and_ends(url: str, mail_server: MailServer) -> None:
    for session in "ab":
        save(Database(url), session)
    process = start(url, "bot.notification", "--once", **settings_for(mail_server))
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "Sent: 2" in said
    assert len(mail_server.taken) == 2


def test_once_without_tables_says_what_to_do(tmp_path: Path, mail_server: MailServer) -> None:
    process = start(f"sqlite:///{tmp_path}/none.db", "bot.notification", "--once", **settings_for(mail_server))
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "`python -m bot.storage` makes the tables" in said
    assert "Traceback" not in said
