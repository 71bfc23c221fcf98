"""Reads a patient's message as the answer to a triage question."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.reading import (
    NOT_SURE,
    begins_with_yes,
    find_duration,
    find_severity,
    normal,
    says_no,
    says_not_sure,
    without_not_sure,
)
from bot.triage.protocol import Option, Protocol, Question

Answer = str | int
"""An option's id, a severity from 0 to 10, or the patient's own words."""

_LONGEST = 200  # characters kept of an answer in the patient's own words
_SIDES = r"(?:(?:left|right|lower|upper|low|deep|inner|outer|front|both|middle|center)\s+){0,3}(?:of\s+(?:my|the)\s+)?"
_ALL_WELL = re.compile(r"\b(?:fine|normal|ok|okay|good|stop|cancel|wait)\b")
_DENIED_BEFORE = re.compile(
    r"\b(?:no|not|never|without|neither|don'?t|doesn'?t|didn'?t|haven'?t|hasn'?t|isn'?t|aren'?t)(?: [\w']+){0,2} $"
)
_ABSENCE = re.compile(r"(?:no|can'?t|feel nothing)\b")  # the absence is the symptom: nothing before it denies it
_OUT_OF_TEN = re.compile(r"\b\d{1,2}(?:\.\d)?\s*(?:/|out of)\s*(?:10|ten)\b")


def read_answer(question: Question, text: str) -> Answer | None:
    """Reads a message as the answer to a question.

    Args:
        question: The question that was asked.
        text: What the patient typed, or the title of the button.

    Returns:
        The answer, or None where the message gives no recognisable one. An open question recognises
        its own words only; whether it takes other statements as well is for the caller to decide.
    """
    if question.kind == "choice":
        return _read_choice(question, text)
    if question.kind == "severity":
        return find_severity(text)
    known = find_duration(text) if question.kind == "duration" else _has_word(text, question.words)
    return own_words(text) if known or says_not_sure(text) else None


def own_words(text: str) -> str:
    """The patient's words as they are kept: on one line, cut at 200 characters."""
    return " ".join(text.split())[:_LONGEST]


def volunteered_answers(protocol: Protocol, text: str) -> dict[str, Answer]:
    """Finds what a report of symptoms already answers, so that it is not asked again.

    Args:
        protocol: The reviewed protocol.
        text: What the patient typed.

    Returns:
        Slot to answer, for place, duration and severity ("7 out of 10"); empty where none is told.
    """
    plain = " ".join(text.lower().replace("’", "'").split())
    answers: dict[str, Answer] = {}
    for question in protocol.questions:
        if question.kind == "duration" and (duration := find_duration(plain)):
            answers[question.slot] = own_words(duration)
        if question.kind == "severity" and (rated := _OUT_OF_TEN.search(plain)):
            severity = find_severity(rated.group())
            if severity is not None:
                answers[question.slot] = severity
    place = protocol.questions[0]
    if found := re.search(rf"\b{_SIDES}(?:{_alternatives(place.words)})\b", plain):
        answers[place.slot] = own_words(found.group())
    return answers


def is_own_word(question: Question, text: str) -> bool:
    """Whether the message is, word for word, an answer that the protocol knows: a button's title above all."""
    known = (*question.words, *(said for option in question.options for said in option.says))
    return normal(text) in map(normal, known)


def _read_choice(question: Question, text: str) -> str | None:
    """The option that the message picks: its very words first, then maybe, no and yes, then its words in others."""
    plain = normal(text)
    for option in question.options:
        if plain in map(normal, option.says):
            return option.id
    if says_not_sure(text):
        return _graver_said(question, without_not_sure(text)) or NOT_SURE
    if says_no(text, question.denied):
        return "no"
    if said := _graver_said(question, plain):
        return said
    return "yes" if begins_with_yes(text) else None


def _graver_said(question: Question, plain: str) -> str | None:
    """The gravest option one of whose wordings stands in the message and is not denied there."""
    said = [option for option in question.options if option.disposition and _says_some(plain, option)]
    return max(said, key=_gravity).id if said else None


def _says_some(plain: str, option: Option) -> bool:
    """Whether a wording of an option stands in a message, but for a bare yes, which any option may begin with."""
    wordings = _alternatives(wording for wording in option.says if normal(wording) != "yes")
    if not wordings or _ALL_WELL.search(plain):
        return False
    found = re.finditer(rf"\b(?:{wordings})\b", plain)
    return any(_ABSENCE.match(said.group()) or not _DENIED_BEFORE.search(plain[: said.start()]) for said in found)


def _gravity(option: Option) -> int:
    return option.disposition.gravity if option.disposition else 0


def _has_word(text: str, words: Iterable[str]) -> bool:
    """Whether any of the words stands in the text as a whole word."""
    return bool(re.search(rf"\b(?:{_alternatives(words)})\b", normal(text)))


def _alternatives(words: Iterable[str]) -> str:
    """The words as a pattern, the longest first so that it wins."""
    return "|".join(re.escape(normal(word)) for word in sorted(words, key=len, reverse=True))
