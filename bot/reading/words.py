"""Looks for whole words in what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.reading.yes_no import normal


def has_word(text: str, words: Iterable[str]) -> bool:
    """Whether any of the words, or of the phrases, stands in the text as a whole word."""
    return bool(re.search(rf"\b(?:{alternatives(words)})\b", normal(text)))


def alternatives(words: Iterable[str]) -> str:
    """The words as a part of a pattern on normal text, the longest first so that it wins."""
    return "|".join(re.escape(normal(word)) for word in sorted(words, key=len, reverse=True))
