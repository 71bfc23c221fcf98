"""Gathers the ordinary words from the project's own reviewed texts for vocabulary.txt: `python -m bot.insight.gather`.

An ordinary word is one that at least five different examples have in lower case, and that is no name. The list is
written down, so that no training data are read when the assistant runs, and so that a review sees each change of it. It
needs no renewal with each new example: a list of yesterday takes out a word too many, never one too few.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.insight.names import the_names
from bot.insight.vocabulary import FILE, WORD, straight

_TEXTS = ("data/nlu", "bot/safety/examples", "bot/triage/examples", "domain.yml")
_LEAST = 5
_SHORT = frozenset({"a", "i"})
_ENTITY = re.compile(r"\[([^\]]*)\](?:\{[^}]*\}|\([^)]*\))")


def gathered(least: int = _LEAST) -> list[str]:
    """The ordinary words of the project's texts, sorted.

    Args:
        least: How many examples must have a word.

    Returns:
        The words in lower case.
    """
    seen: Counter[str] = Counter()
    for example in {straight(_ENTITY.sub(r"\1", text)) for text in _examples()}:
        seen.update({word for word in WORD.findall(example) if word.islower()})
    return sorted(word for word, count in seen.items() if count >= least and _is_ordinary(word))


def _is_ordinary(word: str) -> bool:
    letters = word.replace("'", "")
    owner = re.sub(r"'s$", "", word)
    return letters.isalpha() and (len(letters) > 1 or word in _SHORT) and owner not in the_names().never_ordinary


def _examples() -> Iterator[str]:
    for name in _TEXTS:
        path = Path(name)
        for file in sorted(path.rglob("*.yml")) if path.is_dir() else [path]:
            content = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)  # the safe loader, in C
            for text in _texts(content):
                yield from text.splitlines()


def _texts(content: Any) -> Iterator[str]:
    """Every text in the values of a file's content."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)


if __name__ == "__main__":
    words = gathered()
    FILE.write_text("\n".join(["# Ordinary words, gathered by bot/insight/gather.py.", *words, ""]), encoding="utf-8")
    print(f"{len(words)} words are in {FILE}.")
