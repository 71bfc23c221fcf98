"""What a message means at this point of the conversation: the classifier's opinion, corrected by what was asked.

Pure: text and state in, intent and entities out. In this order: a red flag that interrupts wins over everything;
then the pending question of a form; then what was offered last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.handoff import (
    BOOKING_FIELDS,
    CONFIRMATION,
    field_to_change,
    name_and_contact,
    read_field,
    wants_to_cancel,
)
from bot.reading import NOT_SURE, looks_like_a_question, says_no, says_yes
from bot.safety import Disposition, gravest
from bot.safety.detector import Finding
from bot.triage import Protocol, Question, assess, read_answer, volunteered_answers
from bot.triage.answers import Answer, is_own_word, own_words

TRIAGE_FORM = "triage_form"
BOOKING_FORM = "booking_form"
INFORM = "inform"
REPORT = "report_symptoms"
ANSWER_UNCLEAR = "answer_unclear"
CHANGE_ANSWER = "change_answer"
DECLINE_CONTACT = "decline_contact"
BOOK = "book_appointment"
STOP = "stop"
FALLBACK = "nlu_fallback"
REPORT_URGENT = "report_urgent"
ALARMS = {Disposition.EMERGENCY: "report_emergency", Disposition.CRISIS: "report_crisis"}

_SYMPTOM_REPORTS = frozenset({REPORT, "ask_do_i_have_it"})
_CONTROLS = frozenset({STOP, "restart", "ask_human", "repeat"})
# What no pending question takes for a topic of its own: it is an answer, or an unclear one.
_NOT_A_TOPIC = frozenset({INFORM, "affirm", "deny", FALLBACK, REPORT, "out_of_scope", None})
# What a red flag outside a form turns into a report of symptoms: these would pass over it.
_PASSES_OVER = _NOT_A_TOPIC | {"greet", "goodbye", "thank", STOP}
_SURE_CONTROL = 0.5  # below it a control is no more than a guess: it must not end a form
_SURE = 0.6  # from here on the classifier's topic beats an open question's claim on a statement
_VERY_SURE = 0.85  # from here on it beats even a statement in the question's own words
_MOST_UNCLEAR = 2  # unclear answers in a row before the question is left as "not sure"
_SKIPPED = "not sure"


@dataclass(frozen=True)
class State:
    """Where the conversation stands.

    Attributes:
        form: The active form, or None.
        requested: The slot that the form has asked for, or None.
        slots: Every slot's value.
        last_response: The name of the last response that was uttered, or None.
        unclear: How many answers in a row were unclear.
    """

    form: str | None = None
    requested: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    last_response: str | None = None
    unclear: int = 0


@dataclass(frozen=True)
class Reading:
    """What a message means: an intent, and the values that it gives to slots."""

    intent: str | None
    confidence: float
    values: Mapping[str, Any] = field(default_factory=dict)


def resolve(protocol: Protocol, findings: list[Finding], text: str, opinion: Reading, state: State) -> Reading:
    """Finds what a message means at this point of the conversation.

    Args:
        protocol: The triage protocol.
        findings: The red flags in the message.
        text: What the patient typed, or the title of a button.
        opinion: What the classifier makes of the message by itself.
        state: Where the conversation stands.

    Returns:
        The reading. `disposition` among its values is the care that findings and answers ask for.
    """
    found = gravest(finding.disposition for finding in findings)
    if found in ALARMS:
        return _alarm(found)
    if not any(letter.isalnum() for letter in text):
        opinion = replace(opinion, intent=FALLBACK)
    reading = _at_this_point(protocol, text, opinion, state, bool(findings))
    if found is None or reading.intent in ALARMS.values():
        return reading
    graver = gravest([found, reading.values.get("disposition")])
    reading = replace(reading, values={**reading.values, "disposition": graver})
    return _not_passed_over(reading, found) if state.form is None else reading


def _alarm(disposition: Disposition) -> Reading:
    return Reading(ALARMS[disposition], 1.0, {"disposition": disposition})


def _not_passed_over(reading: Reading, found: Disposition) -> Reading:
    """The reading with what was found told at once, or asked about; at the end of a form it is told anyway."""
    if found is Disposition.URGENT_SAME_DAY:
        return replace(reading, intent=REPORT_URGENT)
    return replace(reading, intent=REPORT) if reading.intent in _PASSES_OVER else reading


def _at_this_point(protocol: Protocol, text: str, opinion: Reading, state: State, flagged: bool) -> Reading:
    """The reading by what is pending."""
    question = protocol.question(state.requested)
    if state.form == TRIAGE_FORM and question is not None:
        return _at_triage_question(protocol, question, text, _steering(opinion), state)
    if state.form == BOOKING_FORM and state.requested in (*BOOKING_FIELDS, CONFIRMATION):
        return _at_booking_question(state.requested, text, _steering(opinion), flagged)
    if opinion.intent in _SYMPTOM_REPORTS | {INFORM}:
        return _report(opinion, volunteered_answers(protocol, text), protocol.slots[0])
    if opinion.intent == "affirm" and says_yes(text) and _booking_was_offered(state):
        return replace(opinion, intent=BOOK)
    return opinion


def _report(opinion: Reading, told: Mapping[str, Any], place: str) -> Reading:
    """A report of symptoms with what it tells; an answer that nothing asked for is one if it names a place."""
    if opinion.intent == INFORM and place not in told:
        return replace(opinion, intent=FALLBACK)
    intent = REPORT if opinion.intent == INFORM else opinion.intent
    return replace(opinion, intent=intent, values=told)


def _steering(opinion: Reading) -> Reading:
    """The opinion in the middle of a form: a goodbye leaves it, and a mere guess at a control counts for nothing."""
    intent = STOP if opinion.intent == "goodbye" else opinion.intent
    if intent in _CONTROLS and opinion.confidence < _SURE_CONTROL:
        intent = FALLBACK
    return replace(opinion, intent=intent)


def _booking_was_offered(state: State) -> bool:
    grave = state.slots.get("disposition") in {disposition.value for disposition in ALARMS}
    return state.last_response == "utter_booking_handoff" and not grave


def _at_triage_question(protocol: Protocol, question: Question, text: str, opinion: Reading, state: State) -> Reading:
    """The reading of a message that follows a triage question."""
    answer = _triage_answer(question, text, opinion)
    if answer is not None:
        return _answered(protocol, question, answer, state)
    if not _is_unclear(opinion, text):
        return opinion
    if state.unclear >= _MOST_UNCLEAR:
        return _answered(protocol, question, NOT_SURE if question.kind == "choice" else _SKIPPED, state)
    return Reading(ANSWER_UNCLEAR, 1.0)


def _triage_answer(question: Question, text: str, opinion: Reading) -> Answer | None:
    """The answer that a message gives to a triage question, or None."""
    if is_own_word(question, text):
        return read_answer(question, text)
    if opinion.intent in _CONTROLS or looks_like_a_question(text):
        return None
    if question.kind == "choice":
        return read_answer(question, text)
    if question.kind != "open":
        return None if _is_topic(opinion, _SURE) else read_answer(question, text)
    if answer := read_answer(question, text):
        return None if _is_topic(opinion, _VERY_SURE) else answer
    takes_it = not (_is_topic(opinion, _SURE) or opinion.intent in ("affirm", "deny") or _is_bare(text))
    return own_words(text) if takes_it else None


def _is_bare(text: str) -> bool:
    """Whether a message is no more than a yes, a no, or marks."""
    return says_yes(text) or says_no(text) or not any(letter.isalpha() for letter in text)


def _is_unclear(opinion: Reading, text: str) -> bool:
    """Whether a message that answers nothing is an unclear answer, rather than a topic of its own."""
    if looks_like_a_question(text):
        return opinion.intent in _NOT_A_TOPIC - {"out_of_scope"}
    return opinion.intent not in _CONTROLS and not _is_topic(opinion, _SURE)


def _answered(protocol: Protocol, question: Question, answer: Answer, state: State) -> Reading:
    """The reading of an answer: an alarm where the answers so far ask for one."""
    so_far = {slot: state.slots.get(slot) for slot in protocol.slots}
    assessment = assess(protocol, {**so_far, question.slot: answer})
    if assessment.disposition in ALARMS:
        return _alarm(assessment.disposition)
    values: dict[str, Any] = {question.slot: answer}
    if assessment.complete or assessment.disposition is not Disposition.ROUTINE:
        values["disposition"] = assessment.disposition
    return Reading(INFORM, 1.0, values)


def _at_booking_question(requested: str, text: str, opinion: Reading, flagged: bool) -> Reading:
    """The reading of a message that follows a question of the booking form."""
    if requested == CONFIRMATION:
        return _at_confirmation(text, opinion)
    if opinion.intent in _CONTROLS:
        return opinion
    values = {} if looks_like_a_question(text) else _booking_values(requested, text, opinion, flagged)
    if values.get("contact_consent") == "no":
        return Reading(DECLINE_CONTACT, 1.0)
    if values:
        return Reading(INFORM, 1.0, values)
    if opinion.intent == REPORT:
        return opinion
    return Reading(ANSWER_UNCLEAR, 1.0) if _is_unclear(opinion, text) else opinion


def _booking_values(requested: str, text: str, opinion: Reading, flagged: bool) -> dict[str, str]:
    """The fields that a message gives; words about symptoms are no name and no time."""
    if requested == "patient_name" and (both := name_and_contact(text)):
        return both
    words_are_taken = requested in ("patient_name", "preferred_time")
    if words_are_taken and (flagged or opinion.intent == REPORT or _is_topic(opinion, _SURE)):
        return {}
    value = read_field(requested, text)
    return {requested: value} if value is not None else {}


def _at_confirmation(text: str, opinion: Reading) -> Reading:
    """The reading of a message that follows the summary: only a plain yes sends the request."""
    if wants_to_cancel(text):
        return Reading(STOP, 1.0)
    if read_field(CONFIRMATION, text) == "yes":
        return Reading(INFORM, 1.0, {CONFIRMATION: "yes"})
    change = field_to_change(text)
    if change is not None or says_no(text):
        slot = change.slot if change else None
        return Reading(CHANGE_ANSWER, 1.0, {"booking_field": slot} if slot else {})
    return Reading(ANSWER_UNCLEAR, 1.0) if _is_unclear(opinion, text) else opinion


def _is_topic(opinion: Reading, sure: float) -> bool:
    """Whether the classifier is that sure that the message opens a topic of its own."""
    return opinion.intent not in _NOT_A_TOPIC and opinion.confidence >= sure
