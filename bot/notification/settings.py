"""Where mail goes and through which server: read from the environment, and checked."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, ConstrainedInt, Extra, SecretStr, ValidationError, validator

_VARIABLES = {
    "host": "SMTP_HOST",
    "recipients": "NOTIFY_TO",
    "sender": "NOTIFY_FROM",
    "security": "SMTP_SECURITY",
    "port": "SMTP_PORT",
    "user": "SMTP_USER",
    "password": "SMTP_PASSWORD",
    "inbox_url": "INBOX_URL",
}
_MENDS = {
    "SMTP_HOST": "the mail server's name, such as smtp.example.com",
    "NOTIFY_TO": "the front desk's address, several with commas between",
    "NOTIFY_FROM": "the address that the mails come from; the server must let SMTP_USER use it",
    "SMTP_SECURITY": "starttls, tls or none",
    "SMTP_PORT": "a number: mostly 587 for starttls, 465 for tls",
    "SMTP_USER": "the name that the mail server knows",
    "SMTP_PASSWORD": "the password of SMTP_USER",
    "INBOX_URL": "the full address of the staff inbox without its staff/, such as https://inbox.example.com/",
}
_NEEDED = ("SMTP_HOST", "NOTIFY_TO", "NOTIFY_FROM")
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class MailSettingsError(ValueError):
    """Mail is set up in part, or wrongly. The message names each variable and what belongs there."""


class Security(str, Enum):
    """How the connection to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class _Port(ConstrainedInt):
    gt = 0
    lt = 65536


class SmtpSettings(BaseModel, frozen=True, extra=Extra.forbid):
    """How the front desk is reached by mail.

    Attributes:
        host: The mail server.
        recipients: The front desk's addresses.
        sender: The address that the mails come from.
        security: How the connection is encrypted.
        port: The server's port.
        user: The name to log in by, or None for a server that asks for none.
        password: Goes with it.
        inbox_url: The address that the inbox's `/staff/` stands behind, with a slash at its end.
        patience: Seconds that sending one mail may take; far less than a lease of the outbox.
    """

    host: str
    recipients: tuple[str, ...]
    sender: str
    security: Security = Security.STARTTLS
    port: _Port = _Port(587)
    user: str | None = None
    password: SecretStr | None = None
    inbox_url: str = "http://127.0.0.1:5006/"
    patience: float = 30.0

    @validator("recipients", pre=True)
    def _recipients_are_parted(cls, value: Any) -> Any:
        named = value.split(",") if isinstance(value, str) else value
        return tuple(dict.fromkeys(address.strip() for address in named if address.strip()))

    @validator("recipients")
    def _there_is_a_recipient(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("names no address")
        return value

    @validator("recipients", each_item=True)
    def _recipient_can_be_written_to(cls, value: str) -> str:
        return _address(value)

    @validator("sender")
    def _sender_can_be_answered(cls, value: str) -> str:
        return _address(value)

    @validator("password", always=True)
    def _login_is_whole_and_unheard(cls, value: SecretStr | None, values: dict[str, Any]) -> SecretStr | None:
        if (value is None) != (values.get("user") is None):
            raise ValueError("SMTP_USER and SMTP_PASSWORD go together, set both or neither")
        in_the_clear = values.get("security") is Security.NONE and values.get("host") not in _THIS_MACHINE
        if value is not None and in_the_clear:
            raise ValueError("the password would travel in the clear, set SMTP_SECURITY to starttls or tls")
        return value

    @validator("inbox_url")
    def _inbox_can_be_opened(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or any(sign.isspace() for sign in value):
            raise ValueError("not an address that a browser opens")
        return f"{value.rstrip('/')}/"


def smtp_settings(environ: Mapping[str, str]) -> SmtpSettings | None:
    """Reads the settings of mail.

    Args:
        environ: The environment. A variable that is empty counts as not set.

    Returns:
        The settings; None where nothing of mail is set (INBOX_URL alone has other uses).

    Raises:
        MailSettingsError: Only a part is set, or something is wrong.
    """
    told = {field: environ.get(name, "").strip() for field, name in _VARIABLES.items()}
    told = {field: value for field, value in told.items() if value}
    if not told.keys() - {"inbox_url"}:
        return None
    if told.get("security") == Security.TLS.value:
        told.setdefault("port", "465")
    try:
        return SmtpSettings.parse_obj(told)
    except ValidationError as error:
        raise MailSettingsError("\n".join(_complaints(error))) from error


def mail_line(settings: SmtpSettings | None) -> str:
    """The line of start-up that says where booking requests go."""
    if settings is None:
        return f"Mail is not set up ({', '.join(_NEEDED)}): requests wait in the inbox."
    return f"Mail: requests are mailed to {', '.join(settings.recipients)}."


def _address(value: str) -> str:
    """An address in the form that every mail server takes."""
    try:
        found = validate_email(value, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(f"{value}: {str(error).rstrip('.')}") from error
    return found.ascii_email or found.normalized


def _complaints(error: ValidationError) -> list[str]:
    """What is wrong, a line for each variable."""
    lines = ["Mail is not set up rightly. Mend these variables, or unset all of mail to do without it:"]
    for fault in error.errors():
        name = _VARIABLES[str(fault["loc"][0])]
        wrong = "is missing" if fault["type"] == "value_error.missing" else fault["msg"]
        lines.append(f"  {name}: {wrong}. What belongs there: {_MENDS[name]}.")
    return lines
