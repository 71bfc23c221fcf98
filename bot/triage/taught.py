"""Reads the taught answers of examples/: how people answer the questions that have options, by what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

EXAMPLES = Path(__file__).with_name("examples")

UNCLEAR = "unclear"
"""The label of what answers nothing safely: it is asked again."""


class TaughtAnswer(NamedTuple):
    """A wording, the slot of the question that it answers, and the option that it means, or UNCLEAR."""

    text: str
    slot: str
    label: str


def taught_answers() -> Iterator[TaughtAnswer]:
    """Every taught answer. A file is one question; its keys are the ids of the options."""
    for file in sorted(EXAMPLES.glob("*.yml")):
        for label, texts in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            yield from (TaughtAnswer(text, file.stem, label) for text in texts)
