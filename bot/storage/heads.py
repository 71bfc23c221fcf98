"""The head of a session: the few events that bring a new tracker to where many have brought it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY

_UTTER_ACTION = "utter_action"


def head_of(events: Sequence[Event], slots: Iterable[Slot]) -> list[Event]:
    """What dialogue needs to know of a session up to where a patient's message follows.

    Args:
        events: The session's events so far, or an earlier head and what followed it.
        slots: The domain's slots.

    Returns:
        The session's start, as old as it is; which responses were uttered, without their words; since a form was
        opened last, what it was and what the patient has meant, without the words; every slot's value. Not the
        message that opened the form: no slot is filled by it.
    """
    tracker = DialogueStateTracker.from_events("", list(events), list(slots))
    start = next((event for event in events if isinstance(event, SessionStarted)), events[0])
    now = events[-1].timestamp
    changed = [slot for slot in tracker.slots.values() if slot.value != slot.initial_value]
    rejected = tracker.active_loop.name if tracker.active_loop and tracker.active_loop.rejected else None
    return [
        SessionStarted(timestamp=start.timestamp),
        *_landmarks(events),
        *(SlotSet(slot.name, slot.value, timestamp=now) for slot in changed),
        *([ActionExecutionRejected(rejected, timestamp=now)] if rejected else []),
        ActionExecuted(ACTION_LISTEN_NAME, timestamp=now),
    ]


def _landmarks(events: Iterable[Event]) -> list[Event]:
    """What was said, meant and opened, each once, at its last time."""
    found: dict[tuple[str | None, ...], list[Event]] = {}
    active: str | None = None
    for event in events:
        key: tuple[str | None, ...]
        if isinstance(event, BotUttered):
            response = event.metadata.get(_UTTER_ACTION)
            key = ("bot", response)
            kept: list[Event] = [BotUttered(metadata={_UTTER_ACTION: response}, timestamp=event.timestamp)]
        elif isinstance(event, UserUttered):
            key = ("user", event.intent_name, active)
            kept = [UserUttered(intent={INTENT_NAME_KEY: event.intent_name}, timestamp=event.timestamp)]
        elif isinstance(event, ActiveLoop):
            active, key = event.name, ("loop", "open" if event.name else "closed")
            if event.name:  # what was meant before does not count any more
                found = {known: one for known, one in found.items() if known[0] == "bot"}
            kept = [*([ActionExecuted(event.name, timestamp=event.timestamp)] if event.name else []), event]
        else:
            continue
        found.pop(key, None)
        found[key] = kept
    return [event for kept in found.values() for event in kept]
