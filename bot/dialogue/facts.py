"""What the words of a response need to know: the question's number, the answers so far, the care that they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.nlu.intake import Intake
from bot.nlu.reading import (
    ALARMS,
    ASK,
    CORRECT_ANSWER,
    DECLINE_TRIAGE_HERE,
    FIRST,
    RESTART,
    SKIP_QUESTION,
    TRIAGE_STATE,
)
from bot.nlu.turns import Turn
from bot.safety import Disposition, gravest
from bot.triage import Answers, Protocol, Question, assess, is_answered, may_be_asked, pending_question, progress
from bot.triage.ending import State
from bot.triage.summary import answer_in_words, reasons, signs, summary

_ATTEMPTS = {1: "again", 2: "pick"}


def care(protocol: Protocol, slots: Mapping[str, Any]) -> Disposition | None:
    """The gravest care that anything told asks for, by findings or by answers; None where nothing was told."""
    found = next((one for one in Disposition if one.value == slots.get("disposition")), None)
    if not any(slots.get(slot) is not None for slot in protocol.slots):
        return found
    assessment = assess(protocol, slots)
    asks = assessment.complete or assessment.disposition is not Disposition.ROUTINE
    return gravest([found, assessment.disposition if asks else None])


def facts(protocol: Protocol, response: str, slots: Mapping[str, Any], turn: Turn) -> dict[str, Any]:
    """The values that the words of a response may name, beside the slots.

    Args:
        protocol: The reviewed protocol.
        response: The response's name.
        slots: Every slot's value.
        turn: The turn that it is said in.

    Returns:
        Name to value; texts are empty where there is nothing to say.
    """
    question = protocol.question(response.removeprefix(ASK)) or protocol.question(slots.get("requested_slot"))
    pending = pending_question(protocol, slots)
    known = care(protocol, slots)
    return {
        "disposition": known.value if known else None,
        "handoff": _handoff(known, slots, turn),
        "intake": turn.intake.value,
        "apology": slots.get("apology") or FIRST,
        "attempt": _ATTEMPTS.get(turn.unclear),
        "lead": _lead(protocol, slots, turn, question),
        "numbered": _numbered(protocol, slots, question, protocol.words.numbered),
        "numbered_next": _numbered(protocol, slots, pending, protocol.words.numbered_next),
        "questions_left": sum(slots.get(one.slot) is None and may_be_asked(one, slots) for one in protocol.questions),
        "why": question.why if question else "",
        "told": summary(protocol, slots),
        "signs": signs(protocol, slots),
        "other_causes": protocol.other_causes.words,
        "reasons": reasons(protocol, slots, known),
    }


def asked_progress(protocol: Protocol, response: str, slots: Mapping[str, Any]) -> dict[str, int] | None:
    """How far triage has come, for a response that asks one of its questions: its `number`, and `of` how many."""
    question = protocol.question(response.removeprefix(ASK))
    if question is None:
        return None
    number, of = progress(protocol, slots, question.slot)
    return {"number": number, "of": of}


def _handoff(known: Disposition | None, slots: Mapping[str, Any], turn: Turn) -> str | None:
    """Which handoff fits: by an alarm, the channel, questions that wait, a wish to start over, or the care."""
    if known in ALARMS:
        return known.value if known else None
    if turn.intake is Intake.ELSEWHERE or turn.intent == DECLINE_TRIAGE_HERE:
        return f"elsewhere_{known.value}" if known and known is not Disposition.ROUTINE else "elsewhere"
    if slots.get(TRIAGE_STATE) == State.PAUSED.value:
        return State.PAUSED.value
    return "restarted" if turn.intent == RESTART else known.value if known else None


def _numbered(protocol: Protocol, answers: Answers, question: Question | None, words: str) -> str:
    """The question's number among those that are asked, in words."""
    if question is None:
        return ""
    number, of = progress(protocol, answers, question.slot)
    return words.format(number=number, count=of)


def _lead(protocol: Protocol, slots: Mapping[str, Any], turn: Turn, asked: Question | None) -> str:
    """What is said of the last message before the question: that it changed, skipped or told more than was asked."""
    told = {slot: answer for slot, answer in turn.told.items() if slots.get(slot) == answer}
    answered = [question for question in protocol.questions if is_answered(protocol, told, question.slot)]
    words = protocol.words
    if turn.intent == SKIP_QUESTION:
        return f"{words.skipped}\n\n"
    if turn.intent == CORRECT_ANSWER and answered:
        shown = answer_in_words(protocol, answered[0], slots)
        return f"{words.changed.format(recap=answered[0].recap, answer=shown)}\n\n"
    if turn.intent == CORRECT_ANSWER and asked is not None and asked.slot in turn.told:
        return f"{words.reopened}\n\n"
    noted = [answer_in_words(protocol, question, slots) for question in answered]
    return f"{words.noted.format(answers='; '.join(noted))}\n\n" if len(noted) > 1 else ""
