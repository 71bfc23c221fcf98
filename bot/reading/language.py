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
_KNOWN = (
    *(Lingua.ENGLISH, Lingua.SPANISH, Lingua.PORTUGUESE, Lingua.FRENCH),
    *(Lingua.GERMAN, Lingua.ITALIAN, Lingua.POLISH, Lingua.TAGALOG),
)
_PLAINLY_ENGLISH = 0.5  # from here on a foreign word is a borrowed one
_HARDLY_ENGLISH = 0.001  # below it no word of the lists is needed
_LIKELY = 0.4  # for the likeliest language then
_SURE = 0.7  # from here on Spanish beats a language that shares its words
_ENGLISH_WORDS = 2  # so many, and the message is English after all
_WORDS_AT_LEAST = 4  # fewer words look too much like names and slips then
_SHARE = 3  # one word in so many is of the lists, in a message of another language than Spanish
_TELLING = 2  # what a telling word weighs against a common one


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
    words = re.findall(r"[\w']+", text.lower().replace("’", "'"))
    likely = {value.language: value.value for value in _detector().compute_language_confidence_values(text)}
    likeliest = max(likely, key=likely.__getitem__)
    if likely[Lingua.ENGLISH] < _PLAINLY_ENGLISH and (named := _by_words(words)):
        surely_spanish = likeliest == Lingua.SPANISH and likely[likeliest] >= _SURE
        return Language.SPANISH if surely_spanish else named
    if likely[Lingua.ENGLISH] > _HARDLY_ENGLISH or likely[likeliest] < _LIKELY or len(words) < _WORDS_AT_LEAST:
        return None
    if _english_words(words) >= _ENGLISH_WORDS:
        return None
    return Language.SPANISH if likeliest == Lingua.SPANISH else Language.OTHER


def _by_words(words: list[str]) -> Language | None:
    """The language of which a message holds a telling word, or common words to its half."""
    named = {name: hits for name, lists in _languages().items() if (hits := _hits(words, lists))}
    if not named:
        return None
    name = max(named, key=lambda name: (sum(named[name]), name == Language.SPANISH))
    if _english_words(words) >= len(named[name]):
        return None
    if name == Language.SPANISH:
        return Language.SPANISH
    return Language.OTHER if len(named[name]) * _SHARE >= len(words) else None


def _english_words(words: list[str]) -> int:
    """How many common English words a message holds."""
    return sum(word in _languages()["english"]["common"] for word in words)


def _hits(words: list[str], lists: dict[str, frozenset[str]]) -> list[int]:
    """What each word of a language's lists weighs in a message; empty where they do not settle it."""
    telling = [word for word in words if word in lists["telling"]]
    common = [word for word in words if word in lists["common"]]
    settled = telling or (len(set(common)) >= 2 and len(set(common)) * 2 >= len(words))
    return [_TELLING] * len(telling) + [1] * len(common) if settled else []


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    """The detector by trigrams alone: it takes a tenth of the memory of the full one."""
    builder = LanguageDetectorBuilder.from_languages(*_KNOWN).with_low_accuracy_mode()
    return builder.with_preloaded_language_models().build()


@lru_cache(maxsize=1)
def _languages() -> dict[str, dict[str, frozenset[str]]]:
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: {kind: frozenset(words) for kind, words in lists.items()} for name, lists in content.items()}
