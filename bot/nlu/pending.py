"""Reads a message that follows a question of triage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.nlu.likely import answer_by_both
from bot.nlu.reading import (
    ALARMING_ANSWERS,
    ALARMS,
    ANSWER_UNCLEAR,
    ASK_WHY,
    CONTROLS,
    CORRECT_ANSWER,
    INFORM,
    LATER,
    REPEAT,
    SKIP_QUESTION,
    SURE,
    VERY_SURE,
    Heard,
    Reading,
    State,
    alarm,
    is_alarmed,
    is_topic,
    is_unclear,
    steering,
    triage_answers,
)
from bot.reading import (
    NOT_SURE,
    looks_like_a_question,
    normal,
    opens_a_question,
    says_no,
    says_yes,
)
from bot.topics import topic_titles
from bot.triage import (
    Answer,
    Answers,
    Correction,
    Protocol,
    Question,
    assess,
    others_told,
    question_before,
    read_answer,
    read_correction,
    settled,
    told_answers,
    with_others,
)
from bot.triage.answers import is_own_word
from bot.triage.protocol import REOPENED
from bot.triage.steering import asks_why, goes_back, says_later, steering_core

_TELLS = re.compile(
    r"(?:when|after|while|if|during|every|mostly|only|from|i|my|\w+ing (?:my|the|a|up|down|in|on|out|over))\b"
)
_AMOUNTS = ("severity", "duration")
_FIRST_CLAUSE = re.compile(r"\s*(?P<first>[^,.;!?]+)[,.;!]+\s*(?P<rest>\S.*)", re.DOTALL)
_MOST_UNCLEAR = 2  # unclear answers in a row before the question is left as "not sure"


def at_triage_question(protocol: Protocol, question: Question, heard: Heard, opinion: Reading, state: State) -> Reading:
    """The reading of a message that follows a triage question.

    An answer, or several; a step to the side (why, back, later); a correction of an earlier answer; a topic of its own;
    or an unclear answer.
    """
    opinion = steering(opinion)
    answers = triage_answers(protocol, state)
    told = _triage_answers(protocol, question, heard, opinion, answers)
    if not (is_own_word(question, steering_core(heard.text)) or _tells_a_sign(question, told)):
        is_of_the_article = opinion.intent in topic_titles() and is_topic(opinion, SURE)
        if not is_of_the_article and (step := _step(protocol, question, heard.text, answers)):
            return step
        correction = read_correction(protocol, answers, question.slot, heard.text)
        if correction is not None:
            return corrected(protocol, answers, correction, state)
    if told:
        return answered(protocol, answers, told, state)
    if not is_unclear(opinion, heard.text):
        return opinion
    if state.unclear >= _MOST_UNCLEAR:
        return answered(protocol, answers, {question.slot: NOT_SURE}, state, SKIP_QUESTION)
    return Reading(ANSWER_UNCLEAR, 1.0)


def _tells_a_sign(question: Question, told: Mapping[str, Answer]) -> bool:
    """Whether answers tell what the pending question looks for: nothing else in the message may pass over it."""
    option = question.option(told.get(question.slot))
    return option is not None and option.disposition is not None


def _step(protocol: Protocol, question: Question, text: str, answers: Answers) -> Reading | None:
    """A step to the side of the questions; the way back from the first of them is to ask it again."""
    if says_later(text):
        return Reading(LATER, 1.0)
    if asks_why(text):
        return Reading(ASK_WHY, 1.0)
    is_first = question_before(protocol, answers, question.slot) is None
    return Reading(REPEAT, 1.0) if is_first and goes_back(text) else None


def _triage_answers(
    protocol: Protocol, question: Question, heard: Heard, opinion: Reading, answers: Answers
) -> dict[str, Answer]:
    """The answers that a message gives to a triage question, and to others along with it."""
    text = heard.text
    if is_own_word(question, text):
        answer = read_answer(question, text)
        return {} if answer is None else {question.slot: answer}
    if opinion.intent in CONTROLS:
        return {}
    if looks_like_a_question(text) and not (question.kind in _AMOUNTS and not opens_a_question(text)):
        return _before_the_question(question, text)
    told = told_answers(protocol, text, [finding.flag for finding in heard.findings])
    if question.kind == "open":
        is_named = question.slot in told and question is not protocol.place  # "hip stretches" is no place
        takes = is_named or _takes(question, text, opinion)
        return with_others(protocol, question, text, told, answers) if takes else {}
    if is_topic(opinion, SURE) and question.kind != "choice":
        return {}
    others = others_told(question, told, answers)
    answer = read_answer(question, text)
    if question.kind == "choice":
        answer = answer_by_both(protocol, question, answer, heard, is_topic(opinion, SURE))
    if answer is not None and question.kind == "duration" and others:
        answer = told.get(question.slot, answer)
    return others if answer is None else {**others, question.slot: answer}


def _before_the_question(question: Question, text: str) -> dict[str, Answer]:
    """The answer that stands before a question of the patient's own: "51, why?"."""
    parted = _FIRST_CLAUSE.match(text)
    if parted is None or question.kind == "open" or looks_like_a_question(parted["first"]):
        return {}
    answer = read_answer(question, parted["first"])
    option = question.option(answer)
    is_clear = option is not None and option.disposition is None and not option.ages
    if answer is None or (is_clear and not asks_why(parted["rest"])):  # what follows may tell of a sign
        return {}
    return {question.slot: answer}


def _takes(question: Question, text: str, opinion: Reading) -> bool:
    """Whether an open question takes a statement; its own words speak louder than a topic, but not than a sure one."""
    if read_answer(question, text) is not None or _TELLS.match(normal(text)):
        return not is_topic(opinion, VERY_SURE)
    return not (is_topic(opinion, SURE) or opinion.intent in ("affirm", "deny") or _is_bare(text))


def _is_bare(text: str) -> bool:
    """Whether a message is no more than a yes, a no, or marks."""
    return says_yes(text) or says_no(text) or not any(letter.isalpha() for letter in text)


def answered(
    protocol: Protocol, answers: Answers, told: Mapping[str, Answer | None], state: State, intent: str = INFORM
) -> Reading:
    """The reading of answers: an alarm where they ask for one, unless the patient was told already.

    What the branches change is set along with them, so that the form asks what applies and nothing else.
    """
    changed = {**told, **settled(protocol, {**answers, **told})}
    assessment = assess(protocol, {**answers, **changed})
    if assessment.disposition in ALARMS and not is_alarmed(state):
        alarming = alarm(assessment.disposition)  # slots of the form would make the form go on
        return replace(alarming, values={**alarming.values, ALARMING_ANSWERS: changed})
    return Reading(intent, 1.0, changed)


def corrected(protocol: Protocol, answers: Answers, correction: Correction, state: State) -> Reading:
    """The reading of a correction. The care of an answer that is asked again stays until it is answered."""
    told: dict[str, Any] = {correction.slot: correction.answer}
    reading = answered(protocol, answers, told, state, CORRECT_ANSWER)
    if correction.answer is not None or reading.intent != CORRECT_ANSWER:
        return reading
    held = {**(answers.get(REOPENED) or {}), correction.slot: answers[correction.slot]}
    return replace(reading, values={**reading.values, REOPENED: held})
