"""From answers to the care that comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.safety import Disposition, gravest
from bot.triage.protocol import Protocol


@dataclass(frozen=True)
class Assessment:
    """What the answers so far point to.

    Attributes:
        disposition: The gravest care that any answer asks for; `routine` where none asks for more.
        complete: Whether every question has an answer.
    """

    disposition: Disposition
    complete: bool


def assess(protocol: Protocol, answers: Mapping[str, Any]) -> Assessment:
    """Finds the care that the answers point to. Never a diagnosis.

    Args:
        protocol: The reviewed protocol.
        answers: Slot to answer: an option's id, the severity as a number, or words. A None is no answer.

    Returns:
        The assessment.
    """
    raised: list[Disposition] = []
    for question in protocol.questions:
        answer = answers.get(question.slot)
        option = question.option(answer)
        if option is not None and option.disposition is not None:
            raised.append(option.disposition)
        if question.kind == "severity" and isinstance(answer, int) and answer >= protocol.severe_from:
            raised.append(protocol.severe_disposition)
    combined = [
        rule.disposition
        for rule in protocol.together
        if all(answers.get(slot) == answer for slot, answer in rule.answers.items())
    ]
    return Assessment(
        disposition=gravest([Disposition.ROUTINE, *raised, *combined]) or Disposition.ROUTINE,
        complete=all(answers.get(slot) is not None for slot in protocol.slots),
    )
