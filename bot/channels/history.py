"""Messages as the page gets them, read from Rasa's events: as they are said, and again after a reload or a retry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone

from rasa.shared.core.events import BotUttered, Event, UserUttered

from bot.channels.turns import Message

MOST_MESSAGES = 500
"""How many messages of a conversation come back at most: the last ones."""

ERASED = "utter_data_erased"
"""The response that confirms an erasure."""

_COMMAND = "/"


def by_assistant(said: Message) -> Message:
    """A message of the assistant, of what Rasa makes of it: words, time, name of its response, buttons, progress."""
    return {
        "by": "assistant",
        "text": said.get("text") or "",
        "at": moment(said.get("timestamp")),
        "response": said.get("utter_action"),
        "buttons": said.get("buttons") or [],
        "progress": said.get("progress"),
    }


def by_patient(text: str, at: float | None) -> Message:
    """A message of the patient: what was typed, or the title of the button that was pressed."""
    return {"by": "patient", "text": text, "at": moment(at), "response": None, "buttons": [], "progress": None}


def moment(seconds: float | None = None) -> str:
    """A moment as the page gets it, in UTC; this one where none is given."""
    at = datetime.fromtimestamp(seconds, timezone.utc) if seconds is not None else datetime.now(timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def conversation_so_far(events: Sequence[Event], titles: Mapping[str, str]) -> list[Message]:
    """What was said in a conversation, in all of its sessions.

    Args:
        events: The conversation's messages.
        titles: The titles of buttons that no message brings, by their payloads.

    Returns:
        The last messages, the newest alone with buttons.
    """
    messages = _messages(events, titles)[-MOST_MESSAGES:]
    return [*({**message, "buttons": []} for message in messages[:-1]), *messages[-1:]]


def is_erased(events: Sequence[Event]) -> bool:
    """Whether nothing is left of a conversation, or soon will be: its log outlives its erasure for a minute or two."""
    said = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    newest = _messages(events[said[-1] :] if said else events, {})
    return not newest or any(message["response"] == ERASED for message in newest)


def answered_before(events: Sequence[Event], key: str) -> list[Message]:
    """What was answered to a message.

    Args:
        events: The conversation's messages.
        key: What the message is known by.

    Returns:
        The assistant's messages, as Rasa makes them; none where the conversation has no such message, or it was not
        answered.
    """
    said = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    ends = [*said[1:], len(events)][: len(said)]  # none where nothing was said
    for at, end in zip(reversed(said), reversed(ends), strict=True):
        if getattr(events[at], "message_id", None) == key:
            return [event.message() for event in events[at:end] if isinstance(event, BotUttered)]
    return []


def _messages(events: Iterable[Event], titles: Mapping[str, str]) -> list[Message]:
    """The messages among the events."""
    messages: list[Message] = []
    known = dict(titles)
    for event in events:
        if isinstance(event, BotUttered):
            message = by_assistant(event.message())
            known |= {button["payload"]: button["title"] for button in message["buttons"]}
            messages.append(message)
        elif isinstance(event, UserUttered):
            words = _as_shown(event.text or "", known)
            messages += [by_patient(words, event.timestamp)] if words else []
    return messages


def _as_shown(text: str, titles: dict[str, str]) -> str | None:
    """A patient's text as the page showed it; None for the opening, a command that no button has offered."""
    return titles.get(text) or (None if text.startswith(_COMMAND) else text)
