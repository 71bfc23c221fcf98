"""Reads a patient's message as the answer to one triage question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.reading import (
    NOT_SURE,
    alternatives,
    begins_with_yes,
    find_duration,
    find_severity,
    has_word,
    normal,
    read_age,
    says_no,
    says_not_sure,
    without_not_sure,
)
from bot.triage.protocol import Option, Protocol, Question

Answer = str | int
"""An option's id, a severity from 0 to 10, or the patient's own words."""

_LONGEST = 200  # characters kept of an answer in the patient's own words
_BARE = frozenset({"yes", "no"})  # any option may begin with it
_ALL_WELL = re.compile(r"\b(?:fine|normal|ok|okay|good|great|strong|perfect|healthy|stop|cancel|wait)\b")
_DENIED_BEFORE = re.compile(
    r"\b(?:no|not|never|without|neither|none|noth\w+(?:'s)?|(?:do|does|did|have|has|is|are|ai)n'?t)(?: [\w']+){0,2} $"
)
_ABSENCE = re.compile(r"(?:no|can'?t|feel nothing)\b")  # the absence is the symptom: nothing before it denies it


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
    known = find_duration(text) if question.kind == "duration" else has_word(text, question.words)
    return own_words(text) if known or says_not_sure(text) else None


def own_words(text: str) -> str:
    """The patient's words as they are kept: on one line, cut at 200 characters."""
    return " ".join(text.split())[:_LONGEST]


def is_own_word(question: Question, text: str) -> bool:
    """Whether the message is, word for word, an answer that the protocol knows: a button's title above all."""
    known = (*question.buttons, *question.words, *(said for option in question.options for said in option.says))
    return normal(text) in map(normal, known)


def _read_choice(question: Question, text: str) -> str | None:
    """The option that the message picks: its very words first, then maybe, no and yes, then its words in others."""
    plain = normal(text)
    for option in question.options:
        if plain in map(normal, option.says):
            return option.id
    if (of_age := age_option(question, read_age(text))) is not None:
        return of_age.id
    if says_not_sure(text):
        return _graver_said(question, without_not_sure(text)) or NOT_SURE
    if says_no(text, question.denied):
        return _bare(question, "no")
    if said := _graver_said(question, plain):
        return said
    return _bare(question, "yes") if begins_with_yes(text) else None


def _bare(question: Question, word: str) -> str | None:
    """The option that a bare yes or no picks; a question such as the one for the age has none."""
    return next((option.id for option in question.options if word in option.says), None)


def _graver_said(question: Question, plain: str) -> str | None:
    """The gravest option one of whose wordings stands in the message and is not denied there."""
    said = [option for option in question.options if option.disposition and _says_some(plain, option)]
    return max(said, key=gravity).id if said else None


def _says_some(plain: str, option: Option) -> bool:
    """Whether a wording of an option stands in a message, but for a bare yes or no, which any option may begin with."""
    wordings = [wording for wording in option.says if normal(wording) not in _BARE]
    return bool(wordings) and not _ALL_WELL.search(plain) and asserts(plain, wordings)


def asserts(plain: str, wordings: Sequence[str]) -> bool:
    """Whether one of the wordings stands in a message in small letters and is not denied there."""
    found = re.finditer(rf"\b(?:{alternatives(wordings)})\b", plain)
    return any(_ABSENCE.match(said.group()) or not _DENIED_BEFORE.search(plain[: said.start()]) for said in found)


def denies_another(protocol: Protocol, question: Question, text: str) -> bool:
    """Whether a message names what another question looks for and nothing of this: "no fever" denies that alone."""
    own = {*question.names, *question.denied}
    others = {name for one in protocol.questions for name in one.names} - own
    return has_word(text, others) and not (own and has_word(text, own))


def age_option(question: Question, age: int | None) -> Option | None:
    """The option of a question that stands for an age, or None."""
    if age is None:
        return None
    return next((one for one in question.options if one.ages and one.ages[0] <= age <= one.ages[1]), None)


def gravity(option: Option) -> int:
    """How grave the care is that an option points to; 0 for none."""
    return option.disposition.gravity if option.disposition else 0
