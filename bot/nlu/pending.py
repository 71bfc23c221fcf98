"""Reads a message that follows a question of a form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.handoff import (
    CONFIRMATION,
    field_to_change,
    name_and_contact,
    read_field,
    wants_to_cancel,
)
from bot.nlu.reading import (
    AGAIN,
    ALARMS,
    ANSWER_UNCLEAR,
    CHANGE_ANSWER,
    CONTROLS,
    DECLINE_CONTACT,
    FALLBACK,
    FIRST,
    INFORM,
    NOT_A_TOPIC,
    OUT_OF_SCOPE,
    REPORT,
    STOP,
    SURE,
    Reading,
    State,
    alarm,
    is_alarmed,
    is_topic,
)
from bot.reading import NOT_SURE, looks_like_a_question, says_no, says_yes
from bot.safety import Disposition
from bot.triage import Protocol, Question, assess, read_answer
from bot.triage.answers import Answer, is_own_word, own_words

_SURE_CONTROL = 0.65  # below it a control is no more than a guess: it must not end a form
_VERY_SURE = 0.95  # from here on the classifier's topic beats even a statement in the question's own words
_MOST_UNCLEAR = 2  # unclear answers in a row before the question is left as "not sure"
_SKIPPED = "not sure"


def _steering(opinion: Reading) -> Reading:
    """The opinion in the middle of a form: a goodbye leaves it, and a mere guess at a control counts for nothing."""
    intent = STOP if opinion.intent == "goodbye" else opinion.intent
    if intent in CONTROLS and opinion.confidence < _SURE_CONTROL:
        intent = FALLBACK
    return replace(opinion, intent=intent)


def at_triage_question(protocol: Protocol, question: Question, text: str, opinion: Reading, state: State) -> Reading:
    """The reading of a message that follows a triage question: an answer, an unclear one, or a topic of its own."""
    opinion = _steering(opinion)
    answer = _triage_answer(question, text, opinion)
    if answer is not None:
        return _answered(protocol, question, answer, state)
    if not _is_unclear(opinion, text):
        return opinion
    if state.unclear >= _MOST_UNCLEAR:
        return _answered(protocol, question, NOT_SURE if question.kind == "choice" else _SKIPPED, state)
    return _unclear(state)


def _triage_answer(question: Question, text: str, opinion: Reading) -> Answer | None:
    """The answer that a message gives to a triage question, or None."""
    if is_own_word(question, text):
        return read_answer(question, text)
    if opinion.intent in CONTROLS or looks_like_a_question(text):
        return None
    if question.kind == "choice":
        return read_answer(question, text)
    if question.kind != "open":
        return None if is_topic(opinion, SURE) else read_answer(question, text)
    if answer := read_answer(question, text):
        return None if is_topic(opinion, _VERY_SURE) else answer
    takes_it = not (is_topic(opinion, SURE) or opinion.intent in ("affirm", "deny") or _is_bare(text))
    return own_words(text) if takes_it else None


def _is_bare(text: str) -> bool:
    """Whether a message is no more than a yes, a no, or marks."""
    return says_yes(text) or says_no(text) or not any(letter.isalpha() for letter in text)


def _unclear(state: State) -> Reading:
    """The reading of an unclear answer, with another wording than the last time."""
    return Reading(ANSWER_UNCLEAR, 1.0, {"apology": AGAIN if state.unclear % 2 else FIRST})


def _is_unclear(opinion: Reading, text: str) -> bool:
    """Whether a message that answers nothing is an unclear answer, rather than a topic of its own."""
    if looks_like_a_question(text):
        return opinion.intent in NOT_A_TOPIC - {OUT_OF_SCOPE}
    return opinion.intent not in CONTROLS and not is_topic(opinion, SURE)


def _answered(protocol: Protocol, question: Question, answer: Answer, state: State) -> Reading:
    """The reading of an answer: an alarm where the answers ask for one, unless the patient was told already."""
    so_far = {slot: state.slots.get(slot) for slot in protocol.slots}
    assessment = assess(protocol, {**so_far, question.slot: answer})
    if assessment.disposition in ALARMS and not is_alarmed(state):
        return alarm(assessment.disposition)
    values: dict[str, Any] = {question.slot: answer}
    if assessment.complete or assessment.disposition is not Disposition.ROUTINE:
        values["disposition"] = assessment.disposition
    return Reading(INFORM, 1.0, values)


def at_booking_question(requested: str, text: str, opinion: Reading, flagged: bool, state: State) -> Reading:
    """The reading of a message that follows a question of the booking form."""
    opinion = _steering(opinion)
    if requested == CONFIRMATION:
        return _at_confirmation(text, opinion, state)
    if opinion.intent in CONTROLS:
        return opinion
    values = {} if looks_like_a_question(text) else _booking_values(requested, text, opinion, flagged)
    if values.get("contact_consent") == "no":
        return Reading(DECLINE_CONTACT, 1.0)
    if values:
        return Reading(INFORM, 1.0, values)
    if opinion.intent == REPORT:
        return opinion
    return _unclear(state) if _is_unclear(opinion, text) else opinion


def _booking_values(requested: str, text: str, opinion: Reading, flagged: bool) -> dict[str, str]:
    """The fields that a message gives; words about symptoms are no name and no time."""
    if requested == "patient_name" and (both := name_and_contact(text)):
        return both
    words_are_taken = requested in ("patient_name", "preferred_time")
    if words_are_taken and (flagged or opinion.intent == REPORT or is_topic(opinion, SURE)):
        return {}
    value = read_field(requested, text)
    return {requested: value} if value is not None else {}


def _at_confirmation(text: str, opinion: Reading, state: State) -> Reading:
    """The reading of a message that follows the summary: only a plain yes sends the request."""
    if wants_to_cancel(text):
        return Reading(STOP, 1.0)
    if read_field(CONFIRMATION, text) == "yes":
        return Reading(INFORM, 1.0, {CONFIRMATION: "yes"})
    change = field_to_change(text)
    if change is not None or says_no(text):
        slot = change.slot if change else None
        return Reading(CHANGE_ANSWER, 1.0, {"booking_field": slot} if slot else {})
    return _unclear(state) if _is_unclear(opinion, text) else opinion
