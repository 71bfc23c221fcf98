"""What a conversation's events tell of its turns."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.constants import ACTION_EXTRACT_SLOTS, ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.nlu.constants import ENTITY_ATTRIBUTE_TYPE, ENTITY_ATTRIBUTE_VALUE

from bot.nlu.intake import Intake, intake_of
from bot.nlu.reading import ANSWER_UNCLEAR, BOOKING_FORM, TRIAGE_FORM

_SPEAKS = (UTTER_PREFIX, TRIAGE_FORM, BOOKING_FORM)
_MOST_COUNTED = 4  # bot.storage.tracker_store.TURNS_KEPT
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
        is_unanswered: Whether actions have answered it and nothing was said.
        intake: Where symptoms and contact details are taken of those who write as it was written.
    """

    intent: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    unclear: int = 0
    is_first: bool = False
    is_unanswered: bool = False
    intake: Intake = Intake.HERE


def newest_turn(events: Iterable[Event]) -> Turn:
    """The newest turn, by the events of a conversation.

    Not by its `latest_message`: a restored tracker leaves the answers to a form's questions out of that.
    """
    said: list[str] = []
    has_spoken = False
    newest_first = list(reversed([*events]))
    for event in newest_first:
        if isinstance(event, ActionExecuted) and event.action_name not in _SILENT:
            said.append(event.action_name or "")
            has_spoken = has_spoken or said[-1].startswith(_SPEAKS)
        elif isinstance(event, BotUttered):
            has_spoken = True
        elif isinstance(event, UserUttered):
            return Turn(
                intent=event.intent_name,
                told={one[ENTITY_ATTRIBUTE_TYPE]: one.get(ENTITY_ATTRIBUTE_VALUE) for one in event.entities},
                said=tuple(reversed(said)),
                unclear=unclear_in_a_row(newest_first),
                is_first=_is_first(newest_first),
                is_unanswered=bool(said) and not has_spoken,
                intake=intake_of(event.metadata),
            )
    return Turn(said=tuple(reversed(said)))


def has_uttered(events: Iterable[Event], names: frozenset[str]) -> bool:
    """Whether one of these responses was uttered in the newest session."""
    session = newest_session(reversed([*events]))
    return any(isinstance(event, BotUttered) and event.metadata.get("utter_action") in names for event in session)


def newest_session(newest_first: Iterable[Event]) -> Iterator[Event]:
    """The events of the newest session, the newest first."""
    return itertools.takewhile(lambda event: not isinstance(event, SessionStarted), newest_first)


def _is_first(newest_first: Iterable[Event]) -> bool:
    """Whether the patient has said no more than one thing in the newest session."""
    return sum(isinstance(event, UserUttered) for event in newest_session(newest_first)) == 1


def unclear_in_a_row(newest_first: Iterable[Event]) -> int:
    """How many of the last messages were unclear answers, four at most: a long session is not read further back."""
    count = 0
    for event in newest_first:
        if isinstance(event, UserUttered):
            if event.intent_name != ANSWER_UNCLEAR or count == _MOST_COUNTED:
                break
            count += 1
    return count
