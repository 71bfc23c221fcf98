"""What the patient told, in words: the summary, the signs that fit it or do not, and the reasons for a care."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.reading import NOT_SURE, normal, says_not_sure
from bot.safety import Disposition
from bot.triage.answers import asserts, is_own_word
from bot.triage.assess import assess
from bot.triage.course import is_answered
from bot.triage.protocol import Answers, Protocol, Question, Sign

_NO = "no"


def summary(protocol: Protocol, answers: Answers) -> str:
    """What was told, a line for each open answer, then what was affirmed, unsure and denied."""
    words = protocol.words
    lines: list[str] = []
    affirmed: list[str] = []
    unsure: list[str] = []
    denied: list[str] = []
    for question in protocol.questions:
        if not is_answered(protocol, answers, question.slot):
            continue
        option = question.option(answers[question.slot])
        if answers[question.slot] == NOT_SURE and not question.is_for_age:
            unsure.append(question.topic)
        elif option is None or question.is_for_age:
            lines.append(words.line.format(recap=question.recap, answer=answer_in_words(protocol, question, answers)))
        else:
            is_denied = option.disposition is None and option.id == _NO
            (denied if is_denied else affirmed).append(option.reason or question.topic)
    for template, topics in ((words.affirmed, affirmed), (words.unsure, unsure), (words.denied, denied)):
        if topics:
            lines.append(template.format(topics="; ".join(topics)))
    return "\n".join(lines or [words.nothing])


def signs(protocol: Protocol, answers: Answers) -> str:
    """Which of the article's signs fit what was told, which do not, and which are not known."""
    fit: list[str] = []
    differ: list[str] = []
    unknown: list[str] = []
    for sign in protocol.signs:
        fits = _fits(sign, answers)
        (unknown if fits is None else fit if fits else differ).append(protocol.words.sign.format(sign=sign.sign))
    words = protocol.words
    parts = ((words.signs_fit, fit), (words.signs_differ, differ), (words.signs_unknown, unknown))
    return "\n".join("\n".join([heading, *listed]) for heading, listed in parts if listed)


def reasons(protocol: Protocol, answers: Answers, disposition: Disposition | None) -> str:
    """Which answers ask for a care; where none does, it is asked for by something in the patient's own words."""
    assessment = assess(protocol, answers)
    asked_for = assessment.reasons if assessment.disposition is disposition else ()
    return "; ".join(asked_for) or protocol.words.something_else


def answer_in_words(protocol: Protocol, question: Question, answers: Mapping[str, Any]) -> str:
    """An answer as the summary shows it: a button's title, a number, or the patient's own words as a quotation."""
    answer = answers[question.slot]
    option = question.option(answer)
    if option is not None:
        return option.says[0]
    text = str(answer)
    is_ours = isinstance(answer, int) or is_own_word(question, text)
    return text if is_ours else protocol.words.quoted.format(answer=text)


def _fits(sign: Sign, answers: Answers) -> bool | None:
    """Whether an answer names a sign; None where nothing was asked or told about it."""
    told = {slot: answers[slot] for slot in sign.fits if isinstance(answers.get(slot), str)}
    known = {slot: normal(answer) for slot, answer in told.items() if answer != NOT_SURE and not says_not_sure(answer)}
    if not known:
        return None
    return any(asserts(answer, sign.fits[slot]) for slot, answer in known.items())
