"""Which Facebook page the assistant answers for, and what it may take there: read from the environment, and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_PREFIX = "MESSENGER_"
_NEEDED = ("MESSENGER_VERIFY_TOKEN", "MESSENGER_APP_SECRET", "MESSENGER_PAGE_TOKEN")
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_INTAKE = {"elsewhere": False, "with_consent": True}
_MOST_MINUTES = 1380  # the bot may write for 24 hours after the patient: an hour is left to say that it is back


class MessengerSettingsError(ValueError):
    """Messenger is set up in part, or wrongly. The message names each variable and what belongs there."""


@dataclass(frozen=True)
class MessengerSettings:
    """How the assistant meets Messenger.

    Attributes:
        verify_token: What Meta shows when it first asks for the webhook; the clinic makes it up.
        app_secret: What Meta signs webhooks with.
        page_token: What lets the assistant write in the page's name.
        graph_url: Where the Graph API is.
        graph_version: Which version of it is spoken.
        intake: Whether symptoms and contact details may be taken on Messenger, after explicit consent.
        people_minutes: How long people keep a chat at most.
        inbox_app_id: The app that a chat is handed to; by default Meta's Page inbox.
    """

    verify_token: str = field(repr=False)
    app_secret: str = field(repr=False)
    page_token: str = field(repr=False)
    graph_url: str = "https://graph.facebook.com"
    graph_version: str = "v25.0"
    intake: bool = False
    people_minutes: int = 720
    inbox_app_id: int = 263902037430900


def messenger_settings(environment: Mapping[str, str]) -> MessengerSettings | None:
    """Reads the settings of Messenger.

    Args:
        environment: The environment. A variable that is empty counts as not set.

    Returns:
        The settings; None where nothing of Messenger is set.

    Raises:
        MessengerSettingsError: Only a part is set, something is wrong, or a name is not known: a misspelt one would
            silently change nothing.
    """
    set_here = {name: value.strip() for name, value in environment.items() if name.startswith(_PREFIX)}
    told = {name: value for name, value in set_here.items() if value}
    if not told:
        return None
    wrong = dict.fromkeys(told.keys() - _VARIABLES.keys(), "is not known")
    wrong |= {name: "is missing" for name in _NEEDED if name not in told}
    values: dict[str, Any] = {}
    for name, variable in _VARIABLES.items():
        if name in told:
            try:
                values[variable.field] = variable.read(told[name])
            except ValueError as error:
                wrong[name] = str(error)
    if wrong:
        raise MessengerSettingsError("\n".join(_complaints(wrong)))
    return MessengerSettings(**values)


def messenger_line(settings: MessengerSettings | None) -> str:
    """The line of start-up that says whether Messenger is on, and what is taken there."""
    if settings is None:
        return f"Messenger: off (set {_NEEDED[0]}, {_NEEDED[1]} and {_NEEDED[2]} to switch it on)"
    taken = "after consent" if settings.intake else "elsewhere"
    return f"Messenger: on, webhook at /webhooks/messenger/webhook; symptoms and requests are taken {taken}"


def _token(value: str) -> str:
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("holds a space or another sign that is in no token")
    return value


def _graph_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not an address") from None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in _THIS_MACHINE)):
        raise ValueError("does not begin with https:// (http:// will do on this machine alone)")
    bare = f"{parts.scheme}://{parts.netloc}"
    if value.rstrip("/").lower() != bare.lower() or "@" in bare or any(map(str.isspace, value)):
        raise ValueError("has more to it than a host and a port")
    return bare


def _graph_version(value: str) -> str:
    if not re.fullmatch(r"v[1-9][0-9]*\.[0-9]+", value):
        raise ValueError("is not a version")
    return value


def _intake(value: str) -> bool:
    if value not in _INTAKE:
        raise ValueError("is neither of two words")
    return _INTAKE[value]


def _people_minutes(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", value) or not 1 <= int(value) <= _MOST_MINUTES:
        raise ValueError(f"is not a whole number from 1 to {_MOST_MINUTES}")
    return int(value)


def _inbox_app_id(value: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,19}", value):
        raise ValueError("is not an app's number")
    return int(value)


@dataclass(frozen=True)
class _Variable:
    """A variable: the setting that it is for, how it is read, and what belongs there."""

    field: str
    read: Callable[[str], Any]
    mend: str


_VARIABLES = {
    "MESSENGER_VERIFY_TOKEN": _Variable(
        "verify_token", _token, "a word of your own, the same as in the app's webhook settings"
    ),
    "MESSENGER_APP_SECRET": _Variable("app_secret", _token, "the app secret, from the app's basic settings"),
    "MESSENGER_PAGE_TOKEN": _Variable(
        "page_token", _token, "the page's access token, from the app's Messenger settings"
    ),
    "MESSENGER_GRAPH_URL": _Variable("graph_url", _graph_url, "https://graph.facebook.com, or leave it out"),
    "MESSENGER_GRAPH_VERSION": _Variable("graph_version", _graph_version, "a version such as v25.0, or leave it out"),
    "MESSENGER_INTAKE": _Variable("intake", _intake, "elsewhere (the default) or with_consent"),
    "MESSENGER_PEOPLE_MINUTES": _Variable(
        "people_minutes", _people_minutes, "for how many minutes people keep a chat at most, 720 by default"
    ),
    "MESSENGER_INBOX_APP_ID": _Variable(
        "inbox_app_id", _inbox_app_id, "the number of the app that people answer in, or leave it out"
    ),
}


def _complaints(wrong: Mapping[str, str]) -> list[str]:
    """What is wrong, a line for each variable."""
    lines = ["Messenger is not set up rightly. Mend these variables, or unset all of them to do without it:"]
    for name, fault in wrong.items():
        variable = _VARIABLES.get(name)
        belongs = f"What belongs there: {variable.mend}" if variable else f"Known are {', '.join(_VARIABLES)}"
        lines.append(f"  {name}: {fault}. {belongs}.")
    return lines
