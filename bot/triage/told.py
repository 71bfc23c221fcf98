"""Finds what a message tells along with something else: with a report of symptoms, or with the answer to a question."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.reading import alternatives, find_age, find_duration, find_severity, has_word, is_severity, normal, without_age
from bot.triage.answers import Answer, age_option, own_words
from bot.triage.protocol import Answers, Protocol, Question

_SIDES = r"(?:(?:left|right|lower|upper|low|deep|inner|outer|front|both|middle|center)\s+){0,3}(?:of\s+(?:my|the)\s+)?"
_OF_AGE = re.compile(r"\b\d{1,3}[ -]?(?:years?|yrs?|yo|y/o)[ -]?(?:old )?")
_OUT_OF_TEN = re.compile(r"\b\d{1,2}(?:\.\d)?\s*(?:/|out of)\s*(?:10|ten)\b(?! (?:times|days|nights|people))")
_RATING = re.compile(r"[,;.!?\n]+")
_SAY_NOTHING = frozenset({"nothing", "don't know", "dont know", "not sure", "no idea", "everything", "car", "move"})
_CLAUSE = re.compile(r"\s*[,;.!?\n]+\s+|\s*[,;\n]+\s*|\s+(?:and|but|then|plus)\s+")
_LOOSE_END = re.compile(r"(?:^|\s+)(?:and|but|then|plus)\s*$")
_WORSE = re.compile(
    r"\b(?:worse|worst|hurts?|hurting|aches?|painful|sore|bad|kills?)\b[^.,;]{0,30}?"
    r"\b(?:when(?:ever)?|while|if|with|every time|as soon as)\s+([^.,;]+)"
    r"|([^.,;]+?) makes? (?:it|that|this) (?:worse|hurt)"
)
_TRIGGER = re.compile(
    r"\b(?:after|from|because of|caused by|due to|thanks to|since|when|while|with|at|during|doing|playing)\s+"
    r"(?=([^.,;]+))"
)


def told_answers(protocol: Protocol, text: str, flags: Iterable[str] = ()) -> dict[str, Answer]:
    """Finds what a message already answers, so that it is not asked again.

    Red-flag questions are answered by an asserted red flag alone: a "no" counts where it was asked for.

    Args:
        protocol: The reviewed protocol.
        text: What the patient typed.
        flags: The ids of the red flags that were found in it.

    Returns:
        Slot to answer, for what is told plainly; empty where nothing is.
    """
    plain = normal(text)
    ageless = _OF_AGE.sub("", plain)  # "i'm a 45 year old man" says "i'm a man"
    found: dict[str, Answer | None] = {one.slot: one.id for one in protocol.noticed if has_word(ageless, one.says)}
    raised = {*flags}
    for question in protocol.questions:
        if question.kind == "duration":
            found[question.slot] = find_duration(without_age(plain))
        elif question.kind == "severity":
            found[question.slot] = _severity(plain)
        elif question.kind == "choice":
            option = age_option(question, find_age(text)) or next(
                (one for one in question.options if one.flag in raised), None
            )
            found[question.slot] = option.id if option else None
    found |= _in_own_words(protocol, plain)
    return {slot: answer for slot, answer in found.items() if answer is not None}


def others_told(question: Question, told: Answers, answers: Answers) -> dict[str, Answer]:
    """What a message tells beside the answer to a question, as far as it was not answered before: that stays."""
    return {slot: told[slot] for slot in told if slot != question.slot and answers.get(slot) is None}


def with_others(
    protocol: Protocol, question: Question, text: str, told: Answers, answers: Answers
) -> dict[str, Answer]:
    """Parts a message that answers an open question into what is told for others and what is left for this one.

    Args:
        protocol: The reviewed protocol.
        question: The open question that was asked.
        text: What the patient typed.
        told: What the message tells (`told_answers`).
        answers: The answers so far.

    Returns:
        Other slots to what was told for them; the question's slot to the words that are left, if any are.
    """
    others = others_told(question, told, answers)
    clauses = [_LOOSE_END.sub("", clause) for clause in _CLAUSE.split(without_age(text))]
    left = [clause for clause in clauses if clause.strip() and not _tells_other(clause)]
    if not left:
        return others
    shown = told.get(question.slot) if others and question is protocol.place else None
    return {**others, question.slot: own_words(str(shown or (", ".join(left) if others else text)))}


def _tells_other(clause: str) -> bool:
    """Whether a clause of a message is nothing but a severity or a length of time."""
    plain = normal(clause)
    return is_severity(plain) or find_duration(plain) == plain


def _severity(plain: str) -> int | None:
    """A severity that is told as one: "7 out of 10", or a clause such as "about a 7"."""
    if rated := _OUT_OF_TEN.search(plain):
        return find_severity(rated.group())
    clauses = [clause.strip() for clause in _RATING.split(plain)]
    rated_alone = [clause for clause in clauses if is_severity(clause) and any(letter.isdigit() for letter in clause)]
    return find_severity(rated_alone[0]) if len(rated_alone) == 1 and len(clauses) > 1 else None


def _in_own_words(protocol: Protocol, plain: str) -> dict[str, Answer | None]:
    """Place, trigger and what makes it worse, where they are told in words that the protocol knows."""
    place, trigger, worse = (protocol.question(slot) for slot in ("pain_location", "pain_trigger", "worse_with"))
    found: dict[str, Answer | None] = {}
    if place and (shown := re.search(rf"\b{_SIDES}(?:{alternatives(place.words)})\b", plain)):
        found[place.slot] = own_words(shown.group())
    if worse:
        found[worse.slot] = _captured(_WORSE, plain, worse)
    if trigger and not (worse and found.get(worse.slot)):
        found[trigger.slot] = _captured(_TRIGGER, plain, trigger)
    return found


def _captured(pattern: re.Pattern[str], plain: str, question: Question) -> Answer | None:
    """What a pattern captures, if it speaks of what the question asks for."""
    known = [word for word in question.words if word not in _SAY_NOTHING]
    captured = [next(filter(None, said.groups())).strip() for said in pattern.finditer(plain)]
    telling = [words for words in captured if find_duration(words) != words and has_word(words, known)]
    return own_words(telling[-1]) if telling else None
