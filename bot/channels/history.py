"""Messages as the page gets them, and the conversation so far, read from Rasa's tracker for a page that is reloaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.events import BotUttered, Event, UserUttered

MOST_MESSAGES = 50
"""How many messages of a conversation come back at most: the last ones."""

_COMMAND = "/"


def by_assistant(text: str | None, buttons: list[dict[str, Any]] | None, response: str | None) -> dict[str, Any]:
    """A message of the assistant: its text, its buttons, and the name of its response."""
    return {"by": "assistant", "text": text or "", "buttons": buttons or [], "response": response}


def by_patient(text: str) -> dict[str, Any]:
    """A message of the patient: what was typed, or the title of the button that was pressed."""
    return {"by": "patient", "text": text, "buttons": [], "response": None}


async def conversation_so_far(store: TrackerStore, conversation: str) -> list[dict[str, Any]]:
    """Reads what was said in a conversation, in all of its sessions that the store can tell.

    Args:
        store: The agent's tracker store.
        conversation: The conversation's id.

    Returns:
        The last messages, the newest alone with buttons; none where the conversation is unknown.
    """
    tracker = await _without_safety_net(store).retrieve_full_tracker(conversation)
    messages = _messages(tracker.events if tracker else [])[-MOST_MESSAGES:]
    return [*({**message, "buttons": []} for message in messages[:-1]), *messages[-1:]]


def _without_safety_net(store: TrackerStore) -> TrackerStore:
    """The store itself: Rasa's net around it gives None where it fails, as if the conversation were unknown."""
    return store._tracker_store if isinstance(store, FailSafeTrackerStore) else store


def _messages(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The messages among the events."""
    messages: list[dict[str, Any]] = []
    titles: dict[str, str] = {}
    for event in events:
        if isinstance(event, BotUttered):
            message = by_assistant(event.text, event.data.get("buttons"), event.metadata.get("utter_action"))
            titles |= {button["payload"]: button["title"] for button in message["buttons"]}
            messages.append(message)
        elif isinstance(event, UserUttered):
            words = _as_shown(event.text or "", titles)
            messages += [by_patient(words)] if words else []
    return messages


def _as_shown(text: str, titles: dict[str, str]) -> str | None:
    """A patient's text as the page showed it; None for the opening, a command that no button has offered."""
    return titles.get(text) or (None if text.startswith(_COMMAND) else text)
