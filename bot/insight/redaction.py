"""Takes personal data out of a message: only numbers below 90 and ordinary words are left, whatever was typed.

What is known for a name, a number or an address is named so ([name], [number], [e-mail]). But nothing depends on its
being known: every word that is not on the list of ordinary words (vocabulary.txt) becomes [word]. Three digits or more,
however they are spaced or spelled out, are a number. A word with a capital within a sentence is not kept. The result is
in lower case: a capital tells nothing then, and a second redaction finds nothing more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from bot.insight.names import the_names
from bot.insight.vocabulary import WORD, ordinary_words, straight

MOST_CHARACTERS = 500
"""The longest redacted text: as long as its column."""

E_MAIL, NUMBER, NAME, UNKNOWN = "[e-mail]", "[number]", "[name]", "[word]"
PLACEHOLDER = re.compile(r"\[(?:e-mail|number|name|word)\]")

_MOST_READ = 2000  # of a message; the channel takes 1000
_OLDEST = 89  # years of age above are rare enough to tell a person
_MOST_NUMERALS = 2
_MOST_NAMES = 3  # words of a name behind an introduction
_LAST_OF_SENTENCE = (".", "!", "?", ":")
_ADDRESS = re.compile(r"\S+@\S+")
_NOT_WRITTEN = re.compile(rf"({PLACEHOLDER.pattern})|[^\w.,?!:;/%'-]|_")
_PIECE = re.compile(rf"{PLACEHOLDER.pattern}|{WORD.pattern}")
_AGAIN = re.compile(rf"({PLACEHOLDER.pattern})(?: \1)+")
_GAP = r"[^\w\[\]]*"


def redacted(text: str) -> str:
    """A message without personal data.

    Args:
        text: What was typed.

    Returns:
        Ordinary words in lower case, numbers below 90, plain punctuation and placeholders; at most MOST_CHARACTERS.
    """
    text = _without_numbers(_plain(text[:_MOST_READ]))
    for introduction in (_introduction(), _doubtful_introduction()):
        text = introduction.sub(rf"\g<says> {NAME}", text)
    text = _PIECE.sub(_judged, text)
    return _shortened(_AGAIN.sub(r"\1", _beside_names(text)))


def _plain(text: str) -> str:
    """The text on one line in plain characters, e-mail addresses replaced."""
    plain = _ADDRESS.sub(f" {E_MAIL} ", straight(unicodedata.normalize("NFKC", text)))
    return " ".join(_NOT_WRITTEN.sub(lambda found: found[1] or " ", plain).split())


def _without_numbers(text: str) -> str:
    for pattern in (_street(), _date()):
        text = pattern.sub(NUMBER, text)
    return _numeral_run().sub(_counted, text)


def _counted(run: re.Match[str]) -> str:
    """A run of digits and numerals in words as it is, if it is short."""
    return NUMBER if len(_numeral().findall(run[0])) > _MOST_NUMERALS else run[0]


def _judged(found: re.Match[str]) -> str:
    """A word in lower case, or what stands in its place; a placeholder as it is."""
    word = found[0]
    if word.startswith("["):
        return word
    if word.isdecimal():
        return word if word.isascii() and int(word) <= _OLDEST else NUMBER
    lower = word.lower()
    owner = re.sub(r"'s$", "", lower)
    has_capital = word[0].isupper() and not word.isupper() and not _begins_sentence(found)
    is_kept = lower in ordinary_words() and not (has_capital and lower not in the_names().capitals)
    if is_kept:
        return lower
    return NAME if owner in the_names().people else UNKNOWN


def _begins_sentence(found: re.Match[str]) -> bool:
    before = found.string[: found.start()].rstrip(" '-")
    return not before or before.endswith(_LAST_OF_SENTENCE)


def _beside_names(text: str) -> str:
    """The text with names in the place of words that may be one and stand beside one."""
    while (more := _name_beside().sub(NAME, text)) != text:
        text = more
    return text


def _shortened(text: str) -> str:
    """The text, cut at a space where it is too long; one without a space is no message, and is not kept."""
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS + 1].rpartition(" ")[0] or UNKNOWN


@lru_cache(maxsize=1)
def _numeral() -> re.Pattern[str]:
    return re.compile(rf"\d|\b{_any(the_names().numerals)}\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def _numeral_run() -> re.Pattern[str]:
    numeral = _numeral().pattern
    return re.compile(rf"(?:{numeral})(?:{_GAP}(?:{numeral}))*", re.IGNORECASE)


@lru_cache(maxsize=1)
def _date() -> re.Pattern[str]:
    """A month beside the number of a day."""
    month, day = rf"\b{_any(the_names().months)}\b", r"\b\d{1,2}(?:st|nd|rd|th)?\b"
    return re.compile(rf"{month}{_GAP}(?:the )?{day}|{day}{_GAP}(?:of )?{month}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _street() -> re.Pattern[str]:
    """The number of a house with the name of its street."""
    names = the_names()
    word = r"[^\W\d]+"
    long_name = rf"(?:{word} ){{1,3}}{_any(names.streets)}"
    short_name = rf"(?!{_any(names.amounts)}\b){word} {_any(names.places)}"
    return re.compile(rf"\b\d+\w?,? (?:{long_name}|{short_name})\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def _introduction() -> re.Pattern[str]:
    """What a name follows, with up to three words that don't end it: whatever they are, they are the name."""
    names = the_names()
    name = rf"(?:[ -](?!{_any(names.stops)}\b){WORD.pattern}){{1,{_MOST_NAMES}}}"
    return re.compile(rf"\b(?P<says>{_any(names.says_name)}(?:[.,:]| is)?){name}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _doubtful_introduction() -> re.Pattern[str]:
    """What a name may follow, with a given name."""
    names = the_names()
    return re.compile(rf"\b(?P<says>{_any(names.may_say_name)}[.,:]?) {_any(names.given)}\b(?!')", re.IGNORECASE)


@lru_cache(maxsize=1)
def _name_beside() -> re.Pattern[str]:
    word, name = rf"\b{_any(the_names().ordinary_too)}\b(?!')", re.escape(NAME)
    return re.compile(rf"{name}[ -]{word}|{word}[ -]{name}")


def _any(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first."""
    return f"(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})"
