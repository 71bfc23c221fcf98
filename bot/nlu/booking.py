"""Reads a message that follows a question of the booking form, or that asks for a visit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.handoff import (
    CONFIRMATION,
    FieldChange,
    Problem,
    corrects,
    details_in,
    field_to_change,
    field_to_change_midway,
    is_reviewed_answer,
    names_a_field,
    new_value,
    read_field,
    wants_to_cancel,
)
from bot.nlu.reading import (
    AGAIN,
    ANSWER_UNCLEAR,
    BOOK,
    CHANGE_ANSWER,
    CONTROLS,
    DECLINE_CONTACT,
    DELETE_MY_DATA,
    FIRST,
    INFORM,
    REPORT,
    STOP,
    SURE,
    Reading,
    State,
    is_topic,
    is_unclear,
    steering,
)
from bot.reading import looks_like_a_question, says_no

PROBLEM = "booking_problem"
"""The entity that says why an answer could not be used (bot.handoff.Problem)."""

_WORDS_ARE_TAKEN = ("patient_name", "preferred_time")
"""The fields that nearly any words fit: symptoms, and topics of their own, are none of them."""


def at_booking_question(requested: str, text: str, opinion: Reading, flagged: bool, state: State) -> Reading:
    """The reading of a message that follows a question of the booking form.

    Args:
        requested: The slot that was asked for.
        text: The message.
        opinion: The classifier's.
        flagged: Whether a red flag was found in it.
        state: Where the conversation stands.
    """
    opinion = steering(opinion)
    if opinion.intent == DELETE_MY_DATA and is_topic(opinion, SURE):
        return opinion
    if requested == CONFIRMATION:
        return _at_confirmation(text, opinion, flagged, state)
    if opinion.intent in CONTROLS and not is_reviewed_answer(requested, text):
        return opinion
    change = field_to_change_midway(text)
    if change and change.slot != requested and state.slots.get(change.slot or "") is not None:
        return Reading(CHANGE_ANSWER, 1.0, {"booking_field": change.slot})
    given = _given(requested, text, opinion, flagged, state)
    if isinstance(given, Problem):
        return _unclear(state, given)
    if given.get("contact_consent") == "no":
        return Reading(DECLINE_CONTACT, 1.0)
    if given:
        return Reading(INFORM, 1.0, given)
    if opinion.intent == REPORT and requested != "visit_reason":
        return opinion
    return _unclear(state) if is_unclear(opinion, text) else opinion


def asked_for_a_visit(opinion: Reading, text: str, state: State) -> Reading:
    """The reading of a wish for a visit with the details that it gives: "can I come friday at 3?"."""
    return Reading(opinion.intent, opinion.confidence, details_in(text, state.now))


def _given(requested: str, text: str, opinion: Reading, flagged: bool, state: State) -> Mapping[str, Any] | Problem:
    """The fields that a message gives, or why it gives none."""
    if requested in _WORDS_ARE_TAKEN and (flagged or opinion.intent == REPORT or _is_another_topic(opinion)):
        return {}
    if looks_like_a_question(text):  # "how about friday?" gives a time, "how much is it?" nothing
        details = details_in(text, state.now)
        return details if requested in details else {}
    return read_field(requested, text, state.now)


def _is_another_topic(opinion: Reading) -> bool:
    return opinion.intent != BOOK and is_topic(opinion, SURE)


def _at_confirmation(text: str, opinion: Reading, flagged: bool, state: State) -> Reading:
    """The reading of a message that follows the summary: only a plain yes sends the request."""
    if wants_to_cancel(text):
        return Reading(STOP, 1.0)
    if read_field(CONFIRMATION, text, state.now):
        return Reading(INFORM, 1.0, {CONFIRMATION: "yes"})
    change = field_to_change(text) or (FieldChange(None) if says_no(text) else None)
    given = {} if flagged or opinion.intent == REPORT else _changed(change, text, state)
    if isinstance(given, Problem):
        return _unclear(state, given)
    if given:
        return Reading(INFORM, 1.0, given)
    if change is not None:
        return Reading(CHANGE_ANSWER, 1.0, {"booking_field": change.slot} if change.slot else {})
    drops_a_field = opinion.intent == STOP and names_a_field(text)  # "never mind the reason" calls nothing off
    return _unclear(state) if drops_a_field or is_unclear(opinion, text) else opinion


def _changed(change: FieldChange | None, text: str, state: State) -> Mapping[str, Any] | Problem:
    """What a message at the summary puts in the place of a field: "change the name to Mary", "no, friday at 3"."""
    if change and change.slot:
        return read_field(change.slot, change.to, state.now) if change.to else {}
    if not (change or corrects(text)):  # "i have to work on friday" is no wish
        return {}
    return details_in(new_value(text), state.now) or details_in(text, state.now)


def _unclear(state: State, problem: Problem | None = None) -> Reading:
    """The reading of an answer that cannot be used: why, or with another wording than the last time."""
    wording = AGAIN if state.unclear % 2 and problem is None else FIRST
    return Reading(ANSWER_UNCLEAR, 1.0, {"apology": wording, PROBLEM: problem.value if problem else None})
