"""Finds which earlier answer a message corrects, and what it puts in its place."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.reading import NOT_SURE, find_duration, find_severity, has_word, is_severity, says_no, says_yes
from bot.safety import gravest
from bot.triage.answers import Answer, own_words, read_answer
from bot.triage.course import is_answered, question_before
from bot.triage.protocol import Answers, Protocol, Question
from bot.triage.steering import corrected_part, goes_back
from bot.triage.told import told_answers

_SIDE = re.compile(r"\b(?:left|right)\b")
_SIDE_ALONE = re.compile(r"(?:on )?(?:my |the )?(?P<side>left|right)(?: (?:side|one|hand side))?")


class Correction(NamedTuple):
    """An earlier answer, corrected: the question's slot, and the new answer; None where it is asked again."""

    slot: str
    answer: Answer | None


def read_correction(protocol: Protocol, answers: Answers, pending: str | None, text: str) -> Correction | None:
    """Reads a message as the correction of an earlier answer.

    A red-flag question is never made milder by a few words: it is asked again.

    Args:
        protocol: The reviewed protocol.
        answers: The answers so far.
        pending: The slot of the question that waits, or None where triage is over.
        text: What the patient typed.

    Returns:
        The correction, or None where the message is none.
    """
    before = question_before(protocol, answers, pending)
    if before is None:
        return None
    if goes_back(text):
        return Correction(before.slot, None)
    part = corrected_part(text)
    if part is None or _answers_pending(protocol, pending, part, before, answers):
        return None
    answered = [one for one in reversed(protocol.questions) if is_answered(protocol, answers, one.slot)]
    for question in answered:
        corrected = _corrected(protocol, question, part, answers, is_last=question is before)
        if question.slot != pending and corrected is not None:
            return corrected
    return None


def _answers_pending(protocol: Protocol, pending: str | None, part: str, before: Question, answers: Answers) -> bool:
    """Whether the words answer the question that waits, so that they correct nothing."""
    question = protocol.question(pending)
    if question is None:
        return False
    if question.kind == "open":
        is_place = question is protocol.place
        return not is_place and has_word(part, question.words)
    if question.kind != "choice":
        return read_answer(question, part) is not None
    if says_yes(part) or says_no(part):
        return before.kind != "choice" or answers[before.slot] == "no"
    return read_answer(question, part) is not None


def _corrected(protocol: Protocol, question: Question, part: str, answers: Answers, is_last: bool) -> Correction | None:
    """The correction of one question's answer, or None where the words do not fit it."""
    answer = _new_answer(protocol, question, part, str(answers[question.slot]), is_last)
    if answer is None or answer == answers[question.slot]:
        return None
    return Correction(question.slot, None if _is_milder(question, answers[question.slot], answer) else answer)


def _new_answer(protocol: Protocol, question: Question, part: str, old: str, is_last: bool) -> Answer | None:
    """The answer that the words give to a question that was answered before."""
    if question.kind == "duration":
        duration = find_duration(part) or ""
        return duration if len(duration) * 2 > len(part) else None
    if question.kind == "severity":
        return find_severity(part) if is_severity(part) else None
    if question.kind == "choice":
        is_no_age = is_severity(part) and question.is_for_age
        answer = None if is_no_age else read_answer(question, part)
        return None if answer == NOT_SURE or (not is_last and (says_yes(part) or says_no(part))) else answer
    if question is protocol.place:
        return _place(protocol, question, part, old)
    told = told_answers(protocol, part).get(question.slot)
    return told or (own_words(part) if is_last and read_answer(question, part) else None)


def _place(protocol: Protocol, question: Question, part: str, old: str) -> Answer | None:
    """Another place, or the other side of the same place."""
    if side := _SIDE_ALONE.fullmatch(part):
        swapped = _SIDE.sub(side["side"], old.lower())
        return swapped if _SIDE.search(old.lower()) else f"{side.group()}, {old}"
    return told_answers(protocol, part).get(question.slot)


def _is_milder(question: Question, old: Answer, new: Answer) -> bool:
    """Whether the new answer asks for less care than the old one."""
    before, after = question.option(old), question.option(new)
    if before is None or after is None or before.disposition is None:
        return False
    return gravest([before.disposition, after.disposition]) is not after.disposition
