"""The gate before triage and booking: what is said in their place where nothing may be taken, or not without a yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import ActiveLoop, Event, SlotSet

from bot.nlu.intake import Intake, may_take
from bot.nlu.reading import (
    ASKED_BOOKING_HERE,
    ASKED_TRIAGE_HERE,
    BOOK,
    BOOKING_FORM,
    CORRECT_ANSWER,
    DO_I_HAVE_IT,
    REPEAT,
    REPORT,
    RESTART_TRIAGE,
    RESUME,
    TRIAGE_FORM,
    TRIAGE_STATE,
)
from bot.nlu.turns import Turn
from bot.triage.ending import ELSEWHERE_WORDS, State

_OPENING = "utter_opening"
BOOKING_ELSEWHERE = "utter_booking_elsewhere"

OPENS = {
    **dict.fromkeys((REPORT, DO_I_HAVE_IT, RESTART_TRIAGE, CORRECT_ANSWER, RESUME[TRIAGE_FORM]), TRIAGE_FORM),
    **dict.fromkeys((BOOK, RESUME[BOOKING_FORM]), BOOKING_FORM),
}
"""The intents that the rules open a form for, or go on with it, and which."""

_IN_ITS_PLACE = {
    Intake.ELSEWHERE: {TRIAGE_FORM: ELSEWHERE_WORDS, BOOKING_FORM: BOOKING_ELSEWHERE},
    Intake.WITH_CONSENT: {TRIAGE_FORM: ASKED_TRIAGE_HERE, BOOKING_FORM: ASKED_BOOKING_HERE},
}


def left_behind(slots: Mapping[str, Any], loop: str | None, turn: Turn) -> list[Event]:
    """What has to be closed before a turn is answered in which nothing may be taken: an earlier setting left it open.

    Args:
        slots: Every slot's value.
        loop: The active form, or None.
        turn: The turn.
    """
    if may_take(turn.intake, slots):
        return []
    form = [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)] if loop is not None else []
    waits = turn.intake is Intake.ELSEWHERE and slots.get(TRIAGE_STATE) == State.PAUSED.value
    return [*form, *([SlotSet(TRIAGE_STATE, State.ENDED.value)] if waits else [])]


def in_place_of_a_form(slots: Mapping[str, Any], left: str | None, turn: Turn, action: str) -> str | None:
    """What is said where the rules would open a form, or go on with one, that must stay shut.

    Args:
        slots: Every slot's value.
        left: The form that has just been closed, or None.
        turn: The turn.
        action: What the rules would do.

    Returns:
        The response, or None where the rules may do what they would.
    """
    if action == _OPENING or may_take(turn.intake, slots):
        return None
    form = left if turn.intent == REPEAT else OPENS.get(turn.intent or "")
    said = _IN_ITS_PLACE[turn.intake].get(form or "")
    return None if said in turn.said else said
