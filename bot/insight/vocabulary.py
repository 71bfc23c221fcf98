"""Reads vocabulary.txt: the ordinary words that a redacted text may have (bot/insight/gather.py makes the list)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("vocabulary.txt")
"""The list, a word a line."""

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
"""A word: letters and digits, with apostrophes within."""


def straight(text: str) -> str:
    """The text with typed apostrophes in the place of printed ones."""
    return text.replace("’", "'").replace("‘", "'")


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """The words of the list, read once."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
