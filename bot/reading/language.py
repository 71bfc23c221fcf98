"""Which language a message is in, where that is plainly not English."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache
from pathlib import Path

import yaml
from lingua import Language as Lingua
from lingua import LanguageDetector, LanguageDetectorBuilder

_FILE = Path(__file__).with_name("languages.yml")
_KNOWN = (Lingua.ENGLISH, Lingua.SPANISH, Lingua.PORTUGUESE, Lingua.FRENCH)
_ENGLISH_AT_MOST = 0.1  # from here on a message may well be English
_PLAINLY_ENGLISH = 0.5  # from here on a Spanish word in it is a borrowed one
_SPANISH_AT_LEAST = 0.3
_OTHER_AT_LEAST = 0.4
_OTHER_WORDS_AT_LEAST = 3  # fewer words of another language look too much like names and slips


class Language(str, Enum):
    """A language that the assistant does not work in."""

    SPANISH = "spanish"
    OTHER = "other"


def other_language(text: str) -> Language | None:
    """Tells which language a message is in, if not English.

    Args:
        text: What was typed.

    Returns:
        Spanish, another language, or None for English and for what is too short to tell.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return None
    if sum("LATIN" not in unicodedata.name(letter, "LATIN") for letter in letters) > len(letters) / 2:
        return Language.OTHER
    words = re.findall(r"\w+", text.lower())
    likely = {value.language: value.value for value in _detector().compute_language_confidence_values(text)}
    if _words_say_spanish(words) and likely[Lingua.ENGLISH] < _PLAINLY_ENGLISH:
        return Language.SPANISH
    if likely[Lingua.ENGLISH] > _ENGLISH_AT_MOST or len(words) < 2:
        return None
    if likely[Lingua.SPANISH] >= _SPANISH_AT_LEAST:
        return Language.SPANISH
    others = max(likely[Lingua.PORTUGUESE], likely[Lingua.FRENCH])
    return Language.OTHER if others >= _OTHER_AT_LEAST and len(words) >= _OTHER_WORDS_AT_LEAST else None


def _words_say_spanish(words: list[str]) -> bool:
    """Whether the message holds a word that is Spanish alone, or as many common Spanish words as others."""
    lists = _spanish()
    if any(word in lists["telling"] for word in words):
        return True
    common = {word for word in words if word in lists["common"]}
    return len(common) >= 2 and len(common) * 2 >= len(words)


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*_KNOWN).with_preloaded_language_models().build()


@lru_cache(maxsize=1)
def _spanish() -> dict[str, frozenset[str]]:
    lists = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in lists.items()}
