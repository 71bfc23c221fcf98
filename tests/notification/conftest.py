"""Fixtures of the mail tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notification.mail_server import MailServer


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A running mail server."""
    server = MailServer()
    server.start()
    yield server
    server.stop()
