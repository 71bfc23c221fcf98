"""What Meta tells in a webhook's body, as the events that are to be answered. Everything else is left alone."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from typing import Any

_THUMBS_UP = (369239263222822, 369239343222814, 369239383222810)  # Meta's, in three sizes
_ATTACHMENTS = {"image": "picture", "audio": "audio", "video": "video", "file": "file", "location": "location"}
_MOST_TEXT = 20_000  # characters that are kept; Messenger itself takes 2,000


class Kind(str, Enum):
    """What an event is; those from `PICTURE` to `UNSUPPORTED` are answered by words of the same name (words.yml)."""

    TEXT = "text"
    QUICK_REPLY = "quick_reply"
    BUTTON = "button"
    OPENED = "opened"
    LIKE = "like"
    PICTURE = "picture"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    STICKER = "sticker"
    UNSUPPORTED = "unsupported"
    GIVEN_BACK = "given_back"
    """The bot has the thread again."""
    TAKEN = "taken"
    """People have taken the thread."""
    ASKED_FOR = "asked_for"
    """People ask for the thread."""


@dataclass(frozen=True)
class Content:
    """What an event says.

    Attributes:
        kind: What it is.
        text: What was typed, or the title of a button.
        payload: What the button stands for.
    """

    kind: Kind
    text: str | None = None
    payload: str | None = None

    def as_json(self) -> str:
        """The content as `content_of` reads it. Half a surrogate pair survives."""
        return json.dumps(asdict(self))


def content_of(text: str) -> Content:
    """The content of what `as_json` gave."""
    fields = json.loads(text)
    return Content(Kind(fields.pop("kind")), **fields)


@dataclass(frozen=True)
class Incoming:
    """An event that is to be answered.

    Attributes:
        page: The id of the Facebook page.
        person: The page-scoped id of the patient.
        identity: The same however often Meta tells it, as hex.
        written_at: When, by Meta's clock, in milliseconds.
        content: What it says.
        received_at: When we heard of it; None for this moment.
    """

    page: str
    person: str
    identity: str
    written_at: int
    content: Content
    received_at: datetime | None = None


def read_events(body: Any, inbox: int) -> list[Incoming]:
    """The events of a webhook's body, in their order.

    Args:
        body: Any JSON value. What does not have Meta's shape is left alone, and so are `standby`, `changes`, echoes,
            and events on delivery, reading, app roles and policy.
        inbox: The app id of the inbox that people answer in.
    """
    entries = body.get("entry") if isinstance(body, dict) and body.get("object") == "page" else None
    return [
        incoming
        for entry in _objects(entries)
        for event in _objects(entry.get("messaging"))
        if (incoming := _incoming(_id(entry.get("id")), event, inbox))
    ]


def _incoming(page: str | None, event: dict[str, Any], inbox: int) -> Incoming | None:
    sender, recipient = (_id(_object(event.get(who)).get("id")) for who in ("sender", "recipient"))
    content = _content(event, inbox)
    if content is None or sender is None:
        return None
    page = page or recipient or ""
    is_of_thread = content.kind in (Kind.GIVEN_BACK, Kind.TAKEN, Kind.ASKED_FOR)
    if sender == page and not is_of_thread:
        return None  # an echo that does not say so
    person = recipient if sender == page else sender
    if person is None:
        return None
    written_at = event.get("timestamp")
    is_moment = isinstance(written_at, int) and not isinstance(written_at, bool) and 0 < written_at < 2**53
    at = int(written_at) if is_moment else int(time.time() * 1000)  # type: ignore[arg-type]  # is_moment
    return Incoming(page, person, _identity(event), at, content)


def _content(event: dict[str, Any], inbox: int) -> Content | None:
    """What an event says; None where nobody expects an answer to it."""
    if message := _object(event.get("message")):
        return None if message.get("is_echo") or message.get("is_deleted") else _message(message)
    if "postback" in event:
        postback = _object(event["postback"])
        payload, title = _text(postback.get("payload")), _text(postback.get("title"))
        return Content(Kind.BUTTON, title, payload) if payload or title else Content(Kind.OPENED)
    if "referral" in event:
        return Content(Kind.OPENED)
    return _of_thread(event, inbox)


def _message(message: dict[str, Any]) -> Content:
    text = _text(message.get("text"))
    payload = _text(_object(message.get("quick_reply")).get("payload"))
    if payload:
        return Content(Kind.QUICK_REPLY, text, payload)
    if text:
        return Content(Kind.TEXT, text)
    attachment = next(_objects(message.get("attachments")), {})
    sticker = message.get("sticker_id") or _object(attachment.get("payload")).get("sticker_id")
    if sticker:
        return Content(Kind.LIKE if sticker in _THUMBS_UP else Kind.STICKER)
    kind = attachment.get("type")
    return Content(Kind(_ATTACHMENTS.get(kind, "unsupported") if isinstance(kind, str) else "unsupported"))


def _of_thread(event: dict[str, Any], inbox: int) -> Content | None:
    """What an event tells of who has the thread."""
    if "pass_thread_control" in event:
        to_people = _id(_object(event["pass_thread_control"]).get("new_owner_app_id")) == str(inbox)
        return Content(Kind.TAKEN if to_people else Kind.GIVEN_BACK)
    if "take_thread_control" in event:
        return Content(Kind.TAKEN)
    return Content(Kind.ASKED_FOR) if "request_thread_control" in event else None


def _identity(event: dict[str, Any]) -> str:
    """What an event is known by: the id of its message, or all that it says."""
    mid = _text(_object(event.get("message")).get("mid")) or _text(_object(event.get("postback")).get("mid"))
    return hashlib.sha256((mid or json.dumps(event, sort_keys=True)).encode("utf-8", "surrogatepass")).hexdigest()


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(value: Any) -> str | None:
    is_id = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value).encode("utf-8", "ignore").decode()[:100] or None if is_id else None


def _text(value: Any) -> str | None:
    return value[:_MOST_TEXT] if isinstance(value, str) and value else None
