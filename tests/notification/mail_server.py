"""A real mail server on the loopback that can be told to be as bad as mail servers are."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from bot.notification.settings import SmtpSettings
from bot.run.services import free_port

LOGIN = ("desk", "a password of the tests")


@dataclass
class Attempt:
    """A mail as it arrived whole, and whether the server said that it took it."""

    raw: bytes
    sender: str
    recipients: list[str]
    taken: bool

    @property
    def mail(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class MailServer:
    """The server.

    `mood` is what it does next: take, refuse, refuse_recipients, refuse_first_recipient, defer, drop, take_and_drop,
    hang, hang_at_the_end, or drip: a bit after a bit, each in good time.
    """

    mood: str = "take"
    seconds: float = 0.0
    tls: ssl.SSLContext | None = None
    asks_for_login: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def start(self) -> None:
        login = {"authenticator": _authenticate, "auth_required": True, "auth_require_tls": False}
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=self.tls,
            **(login if self.asks_for_login else {}),
        )
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def settings(self, **others: Any) -> SmtpSettings:
        told = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": "none",
            "recipients": "desk@clinic.org",
            "sender": "assistant@clinic.org",
            "patience": 3.0,
        }
        return SmtpSettings(**{**told, **others})

    @property
    def taken(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.taken]

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.mood == "drip":
            await asyncio.sleep(0.2)
        if self.mood == "refuse_recipients" or (self.mood == "refuse_first_recipient" and not envelope.rcpt_tos):
            self.mood = "take" if self.mood == "refuse_first_recipient" else self.mood
            return "551 Maria Lopez is not local"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.seconds)
        if self.mood == "hang":
            await asyncio.sleep(5)
        taken = self.mood in ("take", "take_and_drop", "hang_at_the_end")
        self.attempts.append(Attempt(envelope.content, envelope.mail_from, list(envelope.rcpt_tos), taken))
        if "drop" in self.mood:
            server.transport.abort()
        answers = {"refuse": "550 no mail from Maria Lopez", "defer": "450 come back later"}
        return answers.get(self.mood, "250 OK")

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        if self.mood == "hang_at_the_end":
            await asyncio.sleep(5)
        return "221 Bye"


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    told = (data.login.decode(), data.password.decode())
    return AuthResult(success=told == LOGIN, handled=False)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A running mail server."""
    server = MailServer()
    server.start()
    yield server
    server.stop()
