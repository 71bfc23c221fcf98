"""What the words of booking need to know: the request so far, why an answer was of no use, the care to tell first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.handoff import request_in_words
from bot.handoff.words import the_words
from bot.nlu.booking import PROBLEM
from bot.nlu.reading import AGAIN
from bot.nlu.turns import Turn

_YES_OR_NO = ("contact_consent", "share_answers")


SENT = frozenset({"utter_booking_stored", "utter_booking_updated"})
"""The responses that tell that a request is with the front desk."""


def booking_facts(slots: Mapping[str, Any], turn: Turn, sent_before: bool) -> dict[str, Any]:
    """The values that the words of booking may name, beside the slots.

    Args:
        slots: Every slot's value.
        turn: The turn that they are said in.
        sent_before: Whether a request was sent in this session already.
    """
    first = the_words().care_first.get(str(turn.told.get("disposition")))
    return {
        "request": request_in_words(slots),
        "booking_hint": _hint(slots, turn),
        "care_first": f"{first}\n\n" if first else "",
        "sent_before": sent_before,
        "replaces": f"{the_words().replaces} " if sent_before else "",
    }


def _hint(slots: Mapping[str, Any], turn: Turn) -> str | None:
    """Which words tell why an answer was of no use."""
    if problem := turn.told.get(PROBLEM):
        return str(problem)
    if slots.get("apology") == AGAIN:
        return AGAIN
    requested: str | None = slots.get("requested_slot")
    return "yes_or_no" if requested in _YES_OR_NO else requested
