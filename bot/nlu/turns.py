"""What a conversation's events tell of its turns."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.core.constants import ACTION_EXTRACT_SLOTS, ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, UserUttered
from rasa.shared.nlu.constants import ENTITY_ATTRIBUTE_TYPE, ENTITY_ATTRIBUTE_VALUE

from bot.nlu.reading import ANSWER_UNCLEAR

_SILENT = (ACTION_LISTEN_NAME, ACTION_EXTRACT_SLOTS)


@dataclass(frozen=True)
class Turn:
    """The newest turn of a conversation.

    Attributes:
        intent: What the patient's message means, or None before the first one.
        told: The values that it gives to slots.
        said: The actions that have answered it so far, in their order.
        unclear: How many messages in a row, this one among them, were unclear answers.
        is_first: Whether it is the first of its session.
    """

    intent: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    unclear: int = 0
    is_first: bool = False


def newest_turn(events: Iterable[Event]) -> Turn:
    """The newest turn, by the events of a conversation.

    Not by its `latest_message`: a restored tracker leaves the answers to a form's questions out of that.
    """
    said: list[str] = []
    newest_first = list(reversed([*events]))
    for event in newest_first:
        if isinstance(event, ActionExecuted) and event.action_name not in _SILENT:
            said.append(event.action_name or "")
        elif isinstance(event, UserUttered):
            told = {one[ENTITY_ATTRIBUTE_TYPE]: one.get(ENTITY_ATTRIBUTE_VALUE) for one in event.entities}
            in_a_row, is_first = unclear_in_a_row(newest_first), _is_first(newest_first)
            return Turn(event.intent_name, told, tuple(reversed(said)), in_a_row, is_first)
    return Turn(said=tuple(reversed(said)))


def _is_first(newest_first: Iterable[Event]) -> bool:
    """Whether the patient has said no more than one thing in the newest session."""
    session = itertools.takewhile(lambda event: not isinstance(event, SessionStarted), newest_first)
    return sum(isinstance(event, UserUttered) for event in session) == 1


def unclear_in_a_row(newest_first: Iterable[Event]) -> int:
    """How many of the last messages were unclear answers."""
    count = 0
    for event in newest_first:
        if isinstance(event, UserUttered):
            if event.intent_name != ANSWER_UNCLEAR:
                break
            count += 1
    return count
