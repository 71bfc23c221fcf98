"""Hands a mail to the mail server, and tells in a kind and a code why it was not taken."""

from __future__ import annotations

import asyncio
import ssl
from email.message import EmailMessage

import aiosmtplib

from bot.notification.settings import Security, SmtpSettings

# The first that fits: an error that is a case of another stands before it.
_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (aiosmtplib.SMTPAuthenticationError, "login refused"),
    (aiosmtplib.SMTPSenderRefused, "sender refused"),
    (aiosmtplib.SMTPDataError, "mail refused"),
    (asyncio.TimeoutError, "timeout"),
    (aiosmtplib.SMTPServerDisconnected, "connection lost"),
    (aiosmtplib.SMTPResponseException, "refused"),
    (ssl.SSLError, "no encryption"),
    (OSError, "no connection"),
    (aiosmtplib.SMTPException, "login or encryption not offered"),
)
_STEPS = 3  # a single answer of the server may take this part of the patience


class SendingError(Exception):
    """The mail was not taken. The message is a kind and a code, without a word of the server's."""


async def send_mail(mail: EmailMessage, settings: SmtpSettings) -> str | None:
    """Hands a mail to the server.

    Args:
        mail: The mail.
        settings: Which server.

    Returns:
        Why some of several recipients were refused; None where all were accepted.

    Raises:
        SendingError: The server did not take it, or it is not known whether it did.
    """
    sending = aiosmtplib.send(
        mail,
        sender=settings.sender,
        recipients=settings.recipients,
        hostname=settings.host,
        port=settings.port,
        username=settings.user,
        password=settings.password.get_secret_value() if settings.password else None,
        timeout=settings.patience / _STEPS,
        use_tls=settings.security is Security.TLS,
        start_tls=settings.security is Security.STARTTLS,
    )
    try:
        refused, _ = await asyncio.wait_for(sending, settings.patience)
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise SendingError(_recipients_refused([each.code for each in error.recipients])) from error
    except (aiosmtplib.SMTPException, OSError, asyncio.TimeoutError) as error:
        at_heart = error.__cause__ if isinstance(error.__cause__, ssl.SSLError) else error
        kind = next(kind for case, kind in _KINDS if isinstance(at_heart, case))
        code = f" {error.code}" if isinstance(error, aiosmtplib.SMTPResponseException) else ""
        raise SendingError(f"{kind}{code}") from error
    return _recipients_refused([answer.code for answer in refused.values()]) if refused else None


def _recipients_refused(codes: list[int]) -> str:
    return f"recipient refused {codes[0]}"
