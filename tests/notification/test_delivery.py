"""The worker with a real mail server: what arrives, and what happens where the server is bad, dead or revived."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, text

from bot.notification.outbox import LEASE, claim_next
from bot.notification.settings import SmtpSettings
from bot.notification.worker import deliver_due, run_worker
from bot.storage import Database, migrate
from bot.storage.columns import now
from bot.storage.keys import new_key, the_keyring
from bot.storage.models import BookingRequestRow
from tests.notification.mail_server import LOGIN, MailServer
from tests.notification.requests import ANSWERS, CONTACT, REASON, Clock, notifications, save

AN_HOUR_AND_MORE = timedelta(hours=1, minutes=15)


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/outbox.db"
    migrate(address)
    return address


def deliver(url: str, settings: SmtpSettings, clock: Any = now) -> int:
    return asyncio.run(deliver_due(Database(url), settings, clock))


def failure(url: str) -> str | None:
    [row] = notifications(url)
    assert row["leased_until"] is None
    return row["failure"]


def everything_in(mail: EmailMessage) -> str:
    """The raw mail and what its parts decode to."""
    parts = [part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart()]
    return "\n".join([mail.as_string(), *parts]).replace("\r\n ", "").replace("=\n", "")


def test_a_request_is_mailed_once_and_tells_nothing_that_mail_must_not(
    any_database: str, mail_server: MailServer
) -> None:
    save(Database(any_database))
    assert deliver(any_database, mail_server.settings(recipients="a@clinic.org,b@clinic.org")) == 1
    assert deliver(any_database, mail_server.settings()) == 0
    [attempt] = mail_server.attempts
    assert attempt.recipients == ["a@clinic.org", "b@clinic.org"]
    assert attempt.sender == "assistant@clinic.org"
    assert attempt.mail["X-Retry-Key"].endswith(".1.1")
    told = everything_in(attempt.mail)
    for word in ("Maria Lopez", "Friday, December 4", "BEGIN:VEVENT", "/staff/requests/details/"):
        assert word in told
    for secret in (
        CONTACT,
        "555-0188",
        "5550188",
        "friday after 3",
        REASON,
        "groin",
        "sore",
        ANSWERS,
        "numb",
        "conversation",
    ):
        assert secret not in told
    [row] = notifications(any_database)
    assert row["sent_at"] is not None
    assert (row["leased_until"], row["failure"], row["attempts"]) == (None, None, 1)


def test_each_version_of_a_request_is_mailed(any_database: str, mail_server: MailServer) -> None:
    database = Database(any_database)
    save(database)
    assert deliver(any_database, mail_server.settings()) == 1
    save(database, preferred_time="monday")
    assert deliver(any_database, mail_server.settings()) == 1
    assert [attempt.mail["Subject"] for attempt in mail_server.taken] == [
        "New booking request",
        "Changed booking request",
    ]


@pytest.mark.parametrize(
    ("mood", "kind"),
    [
        ("refuse", "mail refused 550"),
        ("defer", "mail refused 450"),
        ("refuse_recipients", "recipient refused 551"),
        ("hang", "timeout"),
        ("drop", "connection lost"),
    ],
)
def test_a_failure_is_kept_by_kind_and_tried_again_under_another_key(
    url: str, mail_server: MailServer, mood: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    save(Database(url))
    clock = Clock()
    mail_server.mood = mood
    patient = mail_server.settings(patience=0.6)
    assert deliver(url, patient, clock) == 0
    assert failure(url) == kind
    assert deliver(url, patient, clock) == 0
    assert notifications(url)[0]["attempts"] == 1  # not before it is due again
    clock.ahead = AN_HOUR_AND_MORE
    mail_server.mood = "take"
    assert deliver(url, patient, clock) == 1
    assert failure(url) is None
    assert mail_server.taken[-1].mail["X-Retry-Key"].endswith(".1.2")
    assert kind in caplog.text
    assert "Maria" not in caplog.text


def test_a_mail_is_tried_for_as_long_as_the_request_is_kept(url: str, mail_server: MailServer) -> None:
    save(Database(url))
    clock = Clock()
    mail_server.mood = "refuse"
    for _ in range(12):
        deliver(url, mail_server.settings(), clock)
        clock.ahead += AN_HOUR_AND_MORE
    keys = [attempt.mail["X-Retry-Key"].split(".")[-1] for attempt in mail_server.attempts]
    assert keys == [str(number) for number in range(1, 13)]
    assert len({attempt.mail["Message-ID"] for attempt in mail_server.attempts}) == 1


def test_a_dead_server_loses_nothing_and_is_used_when_it_is_revived(any_database: str, mail_server: MailServer) -> None:
    database, clock = Database(any_database), Clock()
    for session in "abc":
        save(database, session)
    mail_server.stop()
    assert deliver(any_database, mail_server.settings(), clock) == 0
    assert {row["failure"] for row in notifications(any_database)} == {"no connection"}
    mail_server.start()
    clock.ahead = AN_HOUR_AND_MORE
    assert deliver(any_database, mail_server.settings(), clock) == 3


def test_a_server_that_takes_the_mail_and_hangs_at_the_end_has_taken_it(url: str, mail_server: MailServer) -> None:
    save(Database(url))
    mail_server.mood = "hang_at_the_end"
    assert deliver(url, mail_server.settings(patience=0.9)) == 1
    assert len(mail_server.attempts) == 1


def test_a_server_that_is_slow_at_every_step_does_not_outlast_the_patience(url: str, mail_server: MailServer) -> None:
    save(Database(url))
    mail_server.mood = "drip"
    desks = ",".join(f"desk{number}@clinic.org" for number in range(20))
    began = time.monotonic()
    assert deliver(url, mail_server.settings(patience=1.2, recipients=desks)) == 0
    assert time.monotonic() - began < 3
    assert failure(url) == "timeout"


def test_where_it_is_not_known_whether_it_was_taken_the_mail_goes_again_as_the_same_mail(
    url: str, mail_server: MailServer
) -> None:
    save(Database(url))
    clock = Clock()
    mail_server.mood = "take_and_drop"
    assert deliver(url, mail_server.settings(), clock) == 0
    mail_server.mood = "take"
    clock.ahead = AN_HOUR_AND_MORE
    assert deliver(url, mail_server.settings(), clock) == 1
    first, second = (attempt.mail for attempt in mail_server.taken)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["X-Retry-Key"] != second["X-Retry-Key"]


def test_a_mail_that_some_recipients_got_is_sent_and_the_refusal_is_kept(url: str, mail_server: MailServer) -> None:
    save(Database(url))
    mail_server.mood = "refuse_first_recipient"
    assert deliver(url, mail_server.settings(recipients="gone@clinic.org,desk@clinic.org")) == 1
    assert mail_server.taken[0].recipients == ["desk@clinic.org"]
    assert failure(url) == "recipient refused 551"


def test_a_wrong_password_is_told_as_such_and_a_right_one_works(url: str) -> None:
    server = MailServer(asks_for_login=True)
    server.start()
    save(Database(url))
    clock = Clock()
    user, password = LOGIN
    assert deliver(url, server.settings(user=user, password="wrong"), clock) == 0
    assert failure(url) == "login refused 535"
    clock.ahead = AN_HOUR_AND_MORE
    assert deliver(url, server.settings(user=user, password=password), clock) == 1
    server.stop()


def test_a_login_that_the_server_does_not_offer_is_told_as_such(url: str, mail_server: MailServer) -> None:
    save(Database(url))
    assert deliver(url, mail_server.settings(user="desk", password="x")) == 0
    assert failure(url) == "login or encryption not offered"


def test_without_encryption_nothing_is_sent_to_a_server_that_shall_encrypt(url: str, mail_server: MailServer) -> None:
    save(Database(url))
    assert deliver(url, mail_server.settings(security="starttls")) == 0
    assert mail_server.attempts == []


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.now(timezone.utc) - timedelta(hours=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    file = tmp_path / "server.pem"
    no_password = serialization.NoEncryption()
    kept = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    file.write_bytes(kept + signed.public_bytes(serialization.Encoding.PEM))
    return file


def test_a_certificate_is_checked_before_anything_is_sent(
    url: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = MailServer(tls=context)
    server.start()
    save(Database(url))
    clock = Clock()
    assert deliver(url, server.settings(security="starttls"), clock) == 0
    assert failure(url) == "no encryption"
    assert server.attempts == []
    clock.ahead = AN_HOUR_AND_MORE
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert deliver(url, server.settings(security="starttls"), clock) == 1
    server.stop()


def test_a_request_whose_key_is_lost_does_not_hold_up_the_others(
    any_database: str, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(any_database)
    with monkeypatch.context() as patch:
        patch.setenv("DATA_KEYS", new_key())
        the_keyring.cache_clear()
        save(database, "lost")
    the_keyring.cache_clear()
    save(database, "kept")
    assert deliver(any_database, mail_server.settings()) == 1
    lost, kept = notifications(any_database)
    assert (lost["failure"], kept["failure"]) == ("no key opens the request", None)


def test_a_request_whose_window_cannot_be_read_does_not_hold_up_the_others(url: str, mail_server: MailServer) -> None:
    database = Database(url)
    save(database, "odd", {"first_day": "soon"})
    save(database, "even")
    assert deliver(url, mail_server.settings()) == 1
    odd, even = notifications(url)
    assert (odd["failure"], even["failure"]) == ("cannot be written (ValueError)", None)


def test_a_request_that_is_deleted_while_its_mail_is_under_way_does_no_harm(url: str, mail_server: MailServer) -> None:
    database = Database(url)
    save(database)
    mail_server.seconds = 0.5

    async def deliver_and_delete() -> int:
        delivering = asyncio.create_task(deliver_due(database, mail_server.settings()))
        await asyncio.sleep(0.25)
        with database.unit_of_work() as session:
            session.execute(delete(BookingRequestRow))
        return await delivering

    assert asyncio.run(deliver_and_delete()) == 1
    assert notifications(url) == []


def test_a_request_that_is_deleted_before_its_mail_is_written_is_not_mailed(
    url: str, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(url)
    save(database)

    def claim_and_delete(database: Database, at: datetime) -> Any:
        claim = claim_next(database, at)
        with database.unit_of_work() as session:
            session.execute(delete(BookingRequestRow))
        return claim

    monkeypatch.setattr("bot.notification.worker.claim_next", claim_and_delete)
    assert deliver(url, mail_server.settings()) == 0
    assert mail_server.attempts == []


def test_two_workers_at_once_send_each_mail_once(any_database: str, mail_server: MailServer) -> None:
    for number in range(20):
        save(Database(any_database), str(number))
    mail_server.seconds = 0.02

    async def both() -> list[int]:
        databases = (Database(any_database), Database(any_database))
        return await asyncio.gather(*(deliver_due(each, mail_server.settings()) for each in databases))

    shares = asyncio.run(both())
    assert sum(shares) == 20
    assert min(shares) > 0
    assert len({attempt.mail["Message-ID"] for attempt in mail_server.attempts}) == len(mail_server.attempts) == 20


def test_the_loop_sends_what_comes_and_ends_the_mail_that_is_under_way(
    any_database: str, mail_server: MailServer
) -> None:
    database = Database(any_database)
    mail_server.seconds = 0.3

    async def run() -> float:
        stopping = asyncio.Event()
        worker = asyncio.create_task(run_worker(database, mail_server.settings(), stopping, poll=0.05))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(save, database)
        await asyncio.to_thread(save, database, "b")
        await asyncio.sleep(0.25)
        stopping.set()
        told = time.monotonic()
        await worker
        return time.monotonic() - told

    assert asyncio.run(run()) < 1
    assert len(mail_server.taken) == 1
    sent, waiting = notifications(any_database)
    assert sent["sent_at"] is not None
    assert (waiting["sent_at"], waiting["attempts"]) == (None, 0)


def test_the_loop_outlives_a_database_that_cannot_be_used(
    url: str, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    database = Database(url)
    save(database)

    def rename(old: str, new: str) -> None:
        with database.unit_of_work() as session:
            session.execute(text(f"alter table {old} rename to {new}"))

    async def run() -> None:
        stopping = asyncio.Event()
        rename("notification", "gone")
        worker = asyncio.create_task(run_worker(database, mail_server.settings(), stopping, poll=0.05))
        await asyncio.sleep(0.4)
        rename("gone", "notification")
        await asyncio.sleep(0.6)
        stopping.set()
        await worker

    asyncio.run(run())
    assert len(mail_server.taken) == 1
    assert caplog.text.count("cannot be used (OperationalError)") == 1
    assert caplog.text.count("can be used again") == 1


def test_a_mail_whose_note_was_lost_goes_again_when_its_lease_has_run_out(
    any_database: str, mail_server: MailServer
) -> None:
    """As after a kill between the server's "accepted" and the note of it."""
    database, clock = Database(any_database), Clock()
    save(database)
    claim_next(database, clock())
    assert deliver(any_database, mail_server.settings(), clock) == 0
    clock.ahead = LEASE
    assert deliver(any_database, mail_server.settings(), clock) == 1
    assert mail_server.taken[0].mail["X-Retry-Key"].endswith(".1.2")


def test_a_request_that_no_mail_can_be_written_of_holds_up_no_other(any_database: str, mail_server: MailServer) -> None:
    far = {"first_day": "9999-12-31", "last_day": "9999-12-31", "earliest": None, "latest": None, "weekdays": []}
    save(Database(any_database), "far", window=far)
    save(Database(any_database), "near")
    assert deliver(any_database, mail_server.settings()) == 1
    assert len(mail_server.taken) == 1
