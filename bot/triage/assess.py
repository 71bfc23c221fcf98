"""From answers to the care that comes next, and to the reasons for it. Never a diagnosis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.reading import NOT_SURE
from bot.safety import Disposition
from bot.triage.course import pending_question
from bot.triage.protocol import REOPENED, Answers, Protocol


@dataclass(frozen=True)
class Assessment:
    """What the answers so far point to.

    Attributes:
        disposition: The gravest care that any answer asks for; `routine` where none asks for more.
        complete: Whether every question that applies has an answer.
        reasons: Which answers ask for that care, in plain words.
    """

    disposition: Disposition
    complete: bool
    reasons: tuple[str, ...]


def assess(protocol: Protocol, answers: Answers) -> Assessment:
    """Finds the care that the answers point to.

    Args:
        protocol: The reviewed protocol.
        answers: The answers so far.

    Returns:
        The assessment.
    """
    held = {slot: old for slot, old in (answers.get(REOPENED) or {}).items() if answers.get(slot) is None}
    raised = [*_raised(protocol, {**answers, **held})]
    gravest = max((disposition for disposition, _ in raised), key=lambda one: one.gravity, default=Disposition.ROUTINE)
    return Assessment(
        disposition=gravest,
        complete=pending_question(protocol, answers) is None,
        reasons=tuple(reason for disposition, reason in raised if disposition is gravest),
    )


def _raised(protocol: Protocol, answers: Answers) -> Iterator[tuple[Disposition, str]]:
    """Each care that an answer asks for, with its reason."""
    for question in protocol.questions:
        answer = answers.get(question.slot)
        option = question.option(answer)
        if option is not None and option.disposition is not None:
            unsure = protocol.words.unsure_reason.format(topic=question.topic)
            yield option.disposition, unsure if option.id == NOT_SURE else option.reason or question.topic
        if question.kind == "severity" and isinstance(answer, int) and answer >= protocol.severe.least:
            yield protocol.severe.disposition, protocol.severe.reason
    for rule in protocol.together:
        if rule.disposition and all(answers.get(slot) == answer for slot, answer in rule.answers.items()):
            yield rule.disposition, rule.reason or ""
