"""Reads the taught answers of examples/: how people answer the questions that have options, by what they mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from bot.reading import NOT_SURE, normal
from bot.triage.protocol import Question

EXAMPLES = Path(__file__).with_name("examples")

UNCLEAR = "unclear"
"""The label of what answers nothing safely: it is asked again."""

_SEVERAL = 3  # signs that a word must stand in
_WORD = re.compile(r"[\w']+")


class TaughtAnswer(NamedTuple):
    """A wording, the slot of the question that it answers, and the option that it means, or UNCLEAR."""

    text: str
    slot: str
    label: str


def taught_answers() -> Iterator[TaughtAnswer]:
    """Every taught answer. A file is one question; its keys are the ids of the options."""
    for file in sorted(EXAMPLES.glob("*.yml")):
        yield from _taught(file)


def has_word_of_a_sign(question: Question, text: str) -> bool:
    """Whether a word of a message stands in several taught signs of a question, and in no answer that is all clear.

    Args:
        question: The question, which has options.
        text: What the patient typed.

    Returns:
        True where the message must not be read as all clear for its likeness alone: "no, they just feel like noodles".
    """
    return not _words_of_signs(question).isdisjoint(_words(text))


def has_words_beyond_a_doubt(question: Question, text: str) -> bool:
    """Whether a message holds words that no taught "not sure" to the question holds: it may tell of something else."""
    return not _words(text) <= _words_of_doubts(question)


@cache
def _words_of_signs(question: Question) -> frozenset[str]:
    clear: set[str] = set()
    signs: Counter[str] = Counter()
    for text, _, label in _taught(EXAMPLES / f"{question.slot}.yml"):
        option = question.option(label)
        if option is not None and option.id != NOT_SURE:
            (clear if option.disposition is None else signs).update(_words(text))
    return frozenset(word for word, times in signs.items() if times >= _SEVERAL and word not in clear)


@cache
def _words_of_doubts(question: Question) -> frozenset[str]:
    doubts = (text for text, _, label in _taught(EXAMPLES / f"{question.slot}.yml") if label == NOT_SURE)
    return frozenset(word for text in doubts for word in _words(text))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(normal(text)))


def _taught(file: Path) -> Iterator[TaughtAnswer]:
    content = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    for label, texts in content.items():
        yield from (TaughtAnswer(text, file.stem, label) for text in texts)
