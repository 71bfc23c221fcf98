"""Turns redacted messages, with what each asks for, into training examples for data/nlu.

A placeholder at an end of a message is cut off: what is left is a piece of what was typed. One in its middle cannot go
without making a sentence that nobody said, so such a message is left out. Rasa's format has no way to escape its marks
for entities and commands, so these are cut out; a redacted text has none anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import yaml

from bot.insight.redaction import PLACEHOLDER
from bot.insight.vocabulary import WORD

_AT_AN_END = re.compile(rf"^(?:{PLACEHOLDER.pattern}|[^\w\[])+|(?:{PLACEHOLDER.pattern}|[^\w\]?!.])+$")
_MARKS = str.maketrans("", "", "[](){}")


class Export(NamedTuple):
    """Training examples.

    Attributes:
        yaml: A file for data/nlu.
        examples: How many examples are in it.
        left_out: How many messages could not be examples.
    """

    yaml: str
    examples: int
    left_out: int


class _Block(str):
    """A text that is written as a block of lines."""


class _Dumper(yaml.SafeDumper):
    """Writes blocks."""


def _as_block(dumper: yaml.SafeDumper, block: _Block) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(block), style="|")


_Dumper.add_representer(_Block, _as_block)


def exported(chosen: Iterable[tuple[str, str]]) -> Export:
    """Makes training examples.

    Args:
        chosen: Redacted messages, each with its intent.

    Returns:
        The examples, each once, by intent.
    """
    by_intent: dict[str, dict[str, None]] = {}
    left_out = 0
    for text, intent in chosen:
        words = example(text)
        if words is None:
            left_out += 1
        else:
            by_intent.setdefault(intent, {})[words] = None
    content = {
        "version": "3.1",
        "nlu": [
            {"intent": intent, "examples": _Block("".join(f"- {words}\n" for words in by_intent[intent]))}
            for intent in sorted(by_intent)
        ],
    }
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return Export(text, sum(map(len, by_intent.values())), left_out)


def example(text: str) -> str | None:
    """A redacted message as a training example; None where words were taken out of its middle, or none is left."""
    rest = _AT_AN_END.sub("", " ".join(text.split()))
    if PLACEHOLDER.search(rest):
        return None
    plain = " ".join(rest.translate(_MARKS).split()).lstrip("/- ")
    return plain if WORD.search(plain) else None
