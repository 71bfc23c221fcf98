"""The statistical check: how much a message is like the written wordings of red flags, whatever words it uses.

It stands beside the phrases of red_flags.yml: the graver of the two counts, unless the check is sure that a
message with such a phrase is harmless (docs/decisions). The wordings below `examples/` were written by many heads,
harmless ones that sound alike among them. They are whole messages, so a whole message is judged more truly than a
passage of it: a passage must be much surer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import BaseModel, Extra, Field

from bot.safety.detector import Finding
from bot.safety.disposition import Disposition

EXAMPLES = Path(__file__).with_name("examples")
HARMLESS = "none"
"""The label of what asks for no care at all."""

_SENTENCE_END = re.compile(r"[.!?;\n]+|,?\s+but\s+", re.IGNORECASE)
_SENTENCE = 2  # words; a single one is judged with the whole alone
_WINDOW, _STEP = 14, 7  # words; a danger in half a sentence is lost in the whole of a long message
_SHORT = _WINDOW + 4  # words; up to here a sentence is judged whole alone
# Likelihood to be harmless of a whole message, and of the clause of a phrase; from here on that was no sign of danger.
_SET_ASIDE = 0.85
_DOUBTED = 0.5  # the same of any other passage; below it no phrase is set aside


class _Level(NamedTuple):
    """How likely care of a grade, or graver care, must be for a whole message and for a passage of it."""

    grades: frozenset[Disposition]
    whole: float
    passage: float


# Chosen on writers held back from training (docs/evaluation.md).
_LEVELS = (
    _Level(frozenset({Disposition.CRISIS, Disposition.EMERGENCY}), 0.4, 0.7),
    _Level(frozenset({Disposition.URGENT_SAME_DAY}), 0.4, 0.7),
    _Level(frozenset({Disposition.SEE_CLINICIAN}), 0.45, 0.7),
)


class Wording(NamedTuple):
    """An example: what somebody types, and the label that it teaches."""

    text: str
    label: str


class Judged(NamedTuple):
    """What a passage is like.

    Attributes:
        whole: Whether it is the whole of what was typed.
        ranking: The labels with their likelihoods.
        holds_phrase: Whether it is the clause of a phrase found, or what this states with it.
    """

    whole: bool
    ranking: Sequence[tuple[str, float]]
    holds_phrase: bool = False


class _Group(BaseModel, extra=Extra.forbid):
    """Wordings of one row of the clinical evidence table (0: none of them) that ask for the same care."""

    row: int = Field(ge=0, le=30)
    disposition: Disposition | None
    says: list[str] = Field(min_items=1)


class _Family(BaseModel, extra=Extra.forbid):
    """A file of examples."""

    name: str
    wordings: list[_Group]


def wordings() -> list[Wording]:
    """The examples of all files.

    Raises:
        ValueError: A file has a missing, unknown or wrong key; the message names it.
    """
    families = {
        file.stem: _Family(**yaml.safe_load(file.read_text(encoding="utf-8")))
        for file in sorted(EXAMPLES.glob("*.yml"))
    }
    return [
        Wording(text, _label(family, group.disposition))
        for family, content in families.items()
        for group in content.wordings
        for text in group.says
    ]


def passages(text: str) -> list[str]:
    """What of a message is judged: the whole, each sentence, and where one is long each stretch of some words."""
    sentences = [sentence.strip() for sentence in _SENTENCE_END.split(text) if len(sentence.split()) >= _SENTENCE]
    stretches = [stretch for sentence in sentences or [text] for stretch in _stretches(sentence.split())]
    return list(dict.fromkeys(one for one in (text, *sentences, *stretches) if one.split()))


def _stretches(words: Sequence[str]) -> list[str]:
    """The stretches of a long sentence, each reaching into the next."""
    if len(words) <= _SHORT:
        return []
    return [" ".join(words[at : at + _WINDOW]) for at in range(0, len(words) - _STEP, _STEP)]


def settled(findings: Sequence[Finding], judged: Sequence[Judged], length: int) -> list[Finding]:
    """What holds of a message, after both opinions.

    Args:
        findings: What the phrases have found.
        judged: What the check makes of the message and of its passages.
        length: The message's length in characters.

    Returns:
        The findings of both, the gravest first.
    """
    likely = _likely(judged, length)
    both = [*([] if _are_set_aside(findings, judged) else findings), *([likely] if likely else [])]
    return sorted(both, key=lambda finding: -finding.disposition.gravity)


def _are_set_aside(findings: Sequence[Finding], judged: Sequence[Judged]) -> bool:
    """Whether phrases found in a message count for nothing.

    Each clause with a phrase must be as harmless as the whole: what is said beside it is no sign of its being harmless.
    What a patient plainly says of themselves always counts.
    """
    if not judged or any(finding.is_plain for finding in findings):
        return False
    return all(_harmless(one) >= (_SET_ASIDE if one.whole or one.holds_phrase else _DOUBTED) for one in judged)


def _harmless(one: Judged) -> float:
    """How likely a passage asks for no care at all."""
    return dict(one.ranking).get(HARMLESS, 0.0)


def _likely(judged: Sequence[Judged], length: int) -> Finding | None:
    """The finding of the gravest level that a message or a passage of it reaches, by the one that exceeds it most."""
    graver: frozenset[Disposition] = frozenset()
    for level in _LEVELS:
        graver |= level.grades
        over, likelihood, ranking = max(
            (
                (likelihood - (level.whole if one.whole else level.passage), likelihood, one.ranking)
                for one in judged
                for likelihood in [_likelihood(one.ranking, graver)]
            ),
            key=lambda one: one[0],
            default=(-1.0, 0.0, ()),
        )
        if over >= 0:
            family, disposition, _ = max(
                (one for one in _read(ranking) if one[1] in level.grades), key=lambda one: one[2]
            )
            return Finding(
                family, _name(family), disposition, 0, length, f"likeness {likelihood:.2f}", by_likeness=True
            )
    return None


def _likelihood(ranking: Sequence[tuple[str, float]], dispositions: frozenset[Disposition]) -> float:
    """How likely a passage asks for one of some dispositions."""
    return sum(likely for _, disposition, likely in _read(ranking) if disposition in dispositions)


def _read(ranking: Sequence[tuple[str, float]]) -> list[tuple[str, Disposition, float]]:
    """The labels of a passage as family, disposition and likelihood, without the harmless one."""
    parted = [(*label.partition(":")[::2], likely) for label, likely in ranking if label != HARMLESS]
    return [(family, Disposition(disposition), likely) for family, disposition, likely in parted]


def _label(family: str, disposition: Disposition | None) -> str:
    return f"{family}:{disposition.value}" if disposition else HARMLESS


@cache
def _name(family: str) -> str:
    """A family in plain words: the head of its file alone is read, for the first alarm must not wait for the rest."""
    head, _, _ = (EXAMPLES / f"{family}.yml").read_text(encoding="utf-8").partition("\nwordings:")
    name: str = yaml.safe_load(head)["name"]
    return name
