"""The terms in which a message is read: what was heard, where the conversation stands, and what it means there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.clinic import the_clinic
from bot.nlu.intake import Intake
from bot.reading import looks_like_a_question
from bot.safety import Disposition
from bot.safety.detector import Ambiguity, Finding
from bot.triage import Protocol
from bot.triage.protocol import REOPENED

TRIAGE_FORM = "triage_form"
BOOKING_FORM = "booking_form"

ASK = f"utter_ask_{TRIAGE_FORM}_"
"""What the name of each triage question's response begins with; the slot follows."""

INFORM = "inform"
REPORT = "report_symptoms"
DO_I_HAVE_IT = "ask_do_i_have_it"
BOOK = "book_appointment"
STOP = "stop"
RESTART = "restart"
REPEAT = "repeat"
LATER = "later"
OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
ANSWER_UNCLEAR = "answer_unclear"
ASK_WHY = "ask_why"
CORRECT_ANSWER = "correct_answer"
SKIP_QUESTION = "skip_question"
CHANGE_ANSWER = "change_answer"
DECLINE_CONTACT = "decline_contact"
REPORT_URGENT = "report_urgent"
UNSURE = "unsure"
ASK_SEVERAL = "ask_several"
RESTART_TRIAGE = "restart_triage"
DELETE_MY_DATA = "delete_my_data"
CONFIRM_ERASURE = "confirm_erasure"
KEEP_DATA = "keep_data"
ASKED_ERASURE = "utter_confirm_erasure"
DECLINE_TRIAGE_HERE = "decline_triage_here"
DECLINE_BOOKING_HERE = "decline_booking_here"
ASKED_TRIAGE_HERE = "utter_ask_intake_consent_triage"
ASKED_BOOKING_HERE = "utter_ask_intake_consent_booking"
RESUME = {TRIAGE_FORM: "resume_triage", BOOKING_FORM: "resume_booking"}
ASK_WHICH = "say_ambiguous"
ASKED_WHICH = "utter_clarify"
ASK_ABOUT_SIGN = "ask_about_warning_sign"
CLEARED = "clear_ambiguity"
ALARMS = {Disposition.EMERGENCY: "report_emergency", Disposition.CRISIS: "report_crisis"}

TRIAGE_STATE = "triage_state"
"""The slot that says where triage stands (bot/triage/ending.py)."""

ALARM_WORDS = frozenset({"utter_emergency", "utter_crisis"})
"""The responses that tell an alarm."""

URGENT_WORDS = ALARM_WORDS | {"utter_urgent_same_day"}
"""Those, and the one that sends to urgent care."""

ALARMING_ANSWERS = "alarming_answers"
"""The entity that holds answers which have raised an alarm; they are kept when triage is closed."""

CONTROLS = frozenset({STOP, RESTART, "ask_human", REPEAT})
NOT_A_TOPIC = frozenset({INFORM, "affirm", "deny", FALLBACK, REPORT, OUT_OF_SCOPE, None})
"""What no pending question takes for a topic of its own: it is an answer, or an unclear one."""

FIRST, AGAIN = "first", "again"
"""Which of two wordings an apology takes, so that it is never said twice in a row."""

SURE = 0.77
"""From here on the classifier's topic beats an open question's claim on a statement."""

VERY_SURE = 0.95
"""From here on it beats even a statement in the question's own words."""

_SURE_CONTROL = 0.65  # below it a control is no more than a guess: it must not end a form


@dataclass(frozen=True)
class Heard:
    """A message, and what was made of it by itself.

    Attributes:
        text: What the patient typed, or the title of a button.
        findings: The red flags in it.
        ranking: The classifier's intents with their likelihoods, the likeliest first.
        parts: The likeliest intent of each of its questions, where it asks several.
        ambiguity: What it may mean where it says hardly anything else, or None.
        of_another: Whether it is told of a relative.
        asked: The care of a red flag that it asks about in general, or None.
        harmless_rest: Whether nothing but harmless words follows its first one.
        answers: The options of the triage question that waits with their likelihoods, the likeliest first.
        intake: Where symptoms and contact details are taken of those who write this way.
    """

    text: str
    findings: Sequence[Finding] = ()
    ranking: Sequence[tuple[str, float]] = ()
    parts: Sequence[tuple[str, float]] = ()
    ambiguity: Ambiguity | None = None
    of_another: bool = False
    asked: Disposition | None = None
    harmless_rest: bool = False
    answers: Sequence[tuple[str, float]] = ()
    intake: Intake = Intake.HERE


@dataclass(frozen=True)
class State:
    """Where the conversation stands.

    Attributes:
        form: The active form, or None.
        requested: The slot that the form has asked for, or None.
        slots: Every slot's value.
        last_response: The name of the last response that was uttered, or None.
        unclear: How many answers in a row were unclear.
        offers: The titles of the buttons of the last message, to the intents that they stand for.
        told: The names of the responses that were uttered so far in this session.
        interrupted: The form that was left before it was complete and waits, or None.
        now: This moment at the clinic.
    """

    form: str | None = None
    requested: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    last_response: str | None = None
    unclear: int = 0
    offers: Mapping[str, str] = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    interrupted: str | None = None
    now: datetime = field(default_factory=lambda: the_clinic().now())


@dataclass(frozen=True)
class Reading:
    """What a message means: an intent, and the values that it gives to slots."""

    intent: str | None
    confidence: float
    values: Mapping[str, Any] = field(default_factory=dict)


def steering(opinion: Reading) -> Reading:
    """The opinion in the middle of a form: a goodbye leaves it, and a mere guess at a control counts for nothing."""
    intent = STOP if opinion.intent == "goodbye" else opinion.intent
    if intent in CONTROLS and opinion.confidence < _SURE_CONTROL:
        intent = FALLBACK
    return replace(opinion, intent=intent)


def is_unclear(opinion: Reading, text: str) -> bool:
    """Whether a message that answers nothing is an unclear answer, rather than a topic of its own."""
    if looks_like_a_question(text):
        return opinion.intent in NOT_A_TOPIC - {OUT_OF_SCOPE}
    return opinion.intent not in CONTROLS and not is_topic(opinion, SURE)


def is_topic(opinion: Reading, sure: float) -> bool:
    """Whether the classifier is that sure that a message opens a topic of its own."""
    return opinion.intent not in NOT_A_TOPIC and opinion.confidence >= sure


def alarm(disposition: Disposition, of_another: bool = False) -> Reading:
    """The reading of an emergency or a crisis, of the patient or of somebody beside the writer."""
    values = {"disposition": disposition, "alarm_for": "another" if of_another else "patient"}
    return Reading(ALARMS[disposition], 1.0, values)


def triage_answers(protocol: Protocol, state: State) -> dict[str, Any]:
    """The answers to triage so far, what was noticed, and the answers that are asked again."""
    return {slot: state.slots.get(slot) for slot in (*protocol.all_slots, REOPENED)}


def is_alarmed(state: State) -> bool:
    """Whether the patient has heard the words of an alarm in this session."""
    return not ALARM_WORDS.isdisjoint(state.told)
