"""How triage ends: whatever the path, the last words are the disclaimer, then the handoff. Nothing else emits them."""

from __future__ import annotations

from enum import Enum

from bot.safety import Disposition
from bot.triage.protocol import Protocol

DISCLAIMER, HANDOFF = "utter_medical_disclaimer", "utter_booking_handoff"
OUTCOME_WORDS, STOPPED_WORDS, KEPT_WORDS = "utter_triage_outcome", "utter_triage_stopped", "utter_triage_kept"
ELSEWHERE_WORDS = "utter_triage_elsewhere"
_SHOWN = {"summary": "utter_triage_summary", "signs": "utter_triage_signs", "outcome": OUTCOME_WORDS}


class State(str, Enum):
    """Where triage stands. Before the first one there is no state."""

    OPEN = "open"
    """Its ending has not been said yet."""
    PAUSED = "paused"
    """Its ending was said, and the rest of the questions waits."""
    ENDED = "ended"
    """Its ending was said, and nothing waits."""


class Ending(str, Enum):
    """Why triage ends."""

    FINISHED = "finished"
    STOPPED = "stopped"
    ALARMED = "alarmed"
    KEPT = "kept"
    ELSEWHERE = "elsewhere"
    """Its questions are not asked on the channel that the patient writes on."""

    @property
    def state(self) -> State:
        """Where triage stands afterwards."""
        return State.PAUSED if self in (Ending.ALARMED, Ending.KEPT) else State.ENDED


def last_words(protocol: Protocol, ending: Ending, disposition: Disposition) -> tuple[str, ...]:
    """The responses that triage ends with.

    Args:
        protocol: The reviewed protocol.
        ending: Why it ends.
        disposition: The gravest care that anything told asks for.

    Returns:
        The names of the responses, in their order; the last two are always the disclaimer, then the handoff.
    """
    first: tuple[str, ...] = ()
    if ending is Ending.FINISHED:
        first = tuple(_SHOWN[part] for part in protocol.outcome(disposition).shows)
    elif ending is Ending.STOPPED:
        first = (STOPPED_WORDS,)
    elif ending is Ending.KEPT:
        first = (KEPT_WORDS,)
    elif ending is Ending.ELSEWHERE:
        first = (ELSEWHERE_WORDS,)
    return (*first, DISCLAIMER, HANDOFF)
