"""The statistical check: how much a message is like the written wordings of red flags, whatever words it uses.

It stands beside the phrases of red_flags.yml: the graver of the two counts, unless the check is all but certain that
a message with such a phrase is harmless (docs/decisions). The wordings below `examples/` were written by many heads,
harmless ones that sound alike among them.
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
# How likely care of a grade, or graver care, must be (docs/evaluation.md).
_LEVELS: tuple[tuple[frozenset[Disposition], float], ...] = (
    (frozenset({Disposition.CRISIS, Disposition.EMERGENCY}), 0.4),
    (frozenset({Disposition.URGENT_SAME_DAY}), 0.45),
    (frozenset({Disposition.SEE_CLINICIAN}), 0.5),
)


_HARMLESS_FROM = 0.99  # likelihood of each passage; from here on a phrase in it was no sign of danger


class Wording(NamedTuple):
    """An example: what somebody types, and the label that it teaches."""

    text: str
    label: str


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


def settled(findings: Sequence[Finding], judged: Sequence[Sequence[tuple[str, float]]], length: int) -> list[Finding]:
    """What holds of a message, after both opinions.

    Args:
        findings: What the phrases have found.
        judged: The labels of each passage with their likelihoods.
        length: The message's length in characters.

    Returns:
        The findings of both, the gravest first.
    """
    if judged and all(dict(ranking).get(HARMLESS, 0.0) >= _HARMLESS_FROM for ranking in judged):
        return []
    likely = _likely(judged, length)
    both = [*findings, likely] if likely else findings
    return sorted(both, key=lambda finding: -finding.disposition.gravity)


def _likely(judged: Sequence[Sequence[tuple[str, float]]], length: int) -> Finding | None:
    """The finding of the gravest level that a passage reaches, by the passage that reaches it most."""
    for at, (level, least) in enumerate(_LEVELS):
        graver = frozenset().union(*(dispositions for dispositions, _ in _LEVELS[: at + 1]))
        likelihood, ranking = max(
            ((_likelihood(ranking, graver), ranking) for ranking in judged), key=lambda one: one[0], default=(0.0, ())
        )
        if likelihood >= least:
            family, disposition, _ = max((one for one in _read(ranking) if one[1] in level), key=lambda one: one[2])
            return Finding(family, _name(family), disposition, 0, length, f"likeness {likelihood:.2f}")
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
