"""The course of the questions: which of them apply by the answers so far, how far they have come, and the way back."""

from __future__ import annotations

from typing import NamedTuple

from bot.reading import has_word
from bot.triage.protocol import DOES_NOT_APPLY, Answers, Protocol, Question, Test


class Progress(NamedTuple):
    """How far triage has come: the number of a question among those that are asked, and how many these are."""

    number: int
    of: int


def asked_questions(protocol: Protocol, answers: Answers) -> list[Question]:
    """The questions that are asked, as far as the answers so far can tell, in their order."""
    return [question for question in protocol.questions if applies(question, answers)]


def applies(question: Question, answers: Answers) -> bool:
    """Whether a question is asked, as far as the answers so far can tell."""
    return all(_holds(test, answers) for test in question.ask_if)


def may_be_asked(question: Question, answers: Answers) -> bool:
    """Whether a question is asked, or may be as long as the answers that its branch looks at are not known."""
    return applies(question, answers) or not _is_decided(question, answers)


def pending_question(protocol: Protocol, answers: Answers) -> Question | None:
    """The first question that is asked and has no answer; None where triage is complete."""
    return next((one for one in asked_questions(protocol, answers) if answers.get(one.slot) is None), None)


def is_answered(protocol: Protocol, answers: Answers, slot: str) -> bool:
    """Whether the patient, and not a branch, has answered a question."""
    return protocol.question(slot) is not None and answers.get(slot) not in (None, DOES_NOT_APPLY)


def progress(protocol: Protocol, answers: Answers, slot: str) -> Progress:
    """How far triage has come with the question of a slot."""
    slots = [question.slot for question in asked_questions(protocol, answers)]
    return Progress(slots.index(slot) + 1 if slot in slots else len(slots), len(slots))


def question_before(protocol: Protocol, answers: Answers, slot: str | None) -> Question | None:
    """The last question before that of a slot which was answered; None where there is none."""
    before = protocol.slots.index(slot) if slot in protocol.slots else len(protocol.slots)
    answered = [one for one in protocol.questions[:before] if is_answered(protocol, answers, one.slot)]
    return answered[-1] if answered else None


def settled(protocol: Protocol, answers: Answers) -> dict[str, str | None]:
    """What the branches change in the answers, so that a form asks what applies and nothing else.

    Args:
        protocol: The reviewed protocol.
        answers: The answers so far.

    Returns:
        Slot to DOES_NOT_APPLY for a question whose branch is decided and not taken, unless its answer tells a sign; to
        None for one that was put aside so and applies after all.
    """
    changes: dict[str, str | None] = {}
    for question in protocol.questions:
        now = {**answers, **changes}
        closed = question.ask_if and not applies(question, now) and _is_decided(question, now)
        option = question.option(now.get(question.slot))
        tells_a_sign = option is not None and option.disposition is not None
        if closed and now.get(question.slot) != DOES_NOT_APPLY and not tells_a_sign:
            changes[question.slot] = DOES_NOT_APPLY
        elif not closed and now.get(question.slot) == DOES_NOT_APPLY:
            changes[question.slot] = None
    return changes


def _is_decided(question: Question, answers: Answers) -> bool:
    """Whether an answer that is known speaks against the question for good, until it is corrected."""
    return any(not _holds(test, answers) and _is_known(test, answers) for test in question.ask_if)


def _is_known(test: Test, answers: Answers) -> bool:
    return all(answers.get(slot) is not None for slot in test.of)


def _holds(test: Test, answers: Answers) -> bool:
    """Whether a test holds; by what is not known, words do not stand there and nothing is excluded."""
    told = [answers.get(slot) for slot in test.of]
    if test.says:
        return any(isinstance(answer, str) and has_word(answer, test.says) for answer in told)
    if test.among:
        return any(answer is None or answer in test.among for answer in told)
    return not any(answer in test.not_among for answer in told)
