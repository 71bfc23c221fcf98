"""The words in which a time is told: one spelling for each, and which mentions of a time are refused."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.reading import alternatives

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("times.yml").read_text(encoding="utf-8"))
MASK = "·"
"""Stands in a line for each letter that has been read."""

_LONGEST_READ = 300
_CLOSE = 0.8
_SPELLINGS = {variant: word for word, variants in WORDS["spellings"].items() for variant in variants}
_NUMBERS = {word: str(number) for word, number in WORDS["numbers"].items()}
_GUESSED = WORDS["guessed"]
_NOISE = re.compile("|".join(f"(?:{pattern})" for pattern in WORDS["noise"]))
_UNREAD = re.compile("|".join([rf"\b(?:{alternatives(WORDS['unread'])})\b", *WORDS["unread_patterns"]]))
_GLUED = re.compile(
    rf"\b(today|tomorrow|next|this|any|{'|'.join(WORDS['weekdays'])})"
    rf"(?=(?:mornings?|afternoons?|evenings?|week|weekend|month|at|{'|'.join(WORDS['weekdays'])})\b)"
)
_CLOCK_WORDS = [
    (re.compile(pattern), put)
    for pattern, put in [
        (r"\b([ap])\. ?m\b\.?", r"\1m"),
        (r"(?<=\d) ?([ap])(?:\.?m)?\b\.?", r"\1m"),
        (r"(?<=\d)([ap]m)(?=[a-z])", r"\1 "),
        (r"(?<=[a-z]{3})(?=\d)", " "),
        (r"(?<=\d)(?=(?:on|or|to|tomorrow|today|[a-z]+day)\b)", " "),
        (r"(?<![\d:])(\d{1,2}(?::\d\d)?(?: ?[ap]m)?) ?-?ish\b", r"around \1"),
        (r"\bhalf (?:past )?(\d{1,2})\b", r"\1:30"),
        (r"\b(?:a )?quarter (?:past|after) (\d{1,2})\b", r"\1:15"),
        (r"\b(\d{1,2}) ?o'? ?cl?oc?k\b", r"\1:00"),
        (r"\b(\d{1,2}) 30\b(?! ?(?:min|day|sec))", r"\1:30"),
    ]
]
_QUARTER_TO = re.compile(r"\b(?:a )?quarter (?:to|till|of|before) (\d{1,2})\b")
_BETWEEN = alternatives(WORDS["between"])
_REFUSED = re.compile(rf"(?<![\w'])(?:{alternatives(WORDS['refused'])})(?: (?:{_BETWEEN})\b| {MASK}+)* *$")
_BUT = re.compile(
    rf"\b(?:{alternatives(WORDS['but_after'])})\b(?!.*\b(?:{alternatives(WORDS['refused'])})\b)"
    rf"[^.;!?]*\bbut(?: (?:{_BETWEEN}))* *$"
)
_REFUSED_BEHIND = re.compile(rf"[ {MASK}]*(?:{alternatives(WORDS['refused_behind'])})\b")
_OR = re.compile(rf"[ ,/&]*(?:(?:{alternatives(WORDS['or'])})\b)?(?: (?:{_BETWEEN})\b)*[ ,]*")


class TimeProblem(Enum):
    """Why a time cannot be wished for."""

    PAST = "past"
    IMPOSSIBLE = "impossible"


class UnusableTimeError(ValueError):
    """A time that is told, but cannot be wished for, or (None) that a window cannot hold."""

    def __init__(self, problem: TimeProblem | None) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Place:
    """Where in the line something is told."""

    start: int
    end: int
    refused: bool = False


def plain_line(text: str) -> str:
    """The text in small letters with one spelling of each word of time, and without what only looks like one."""
    line = unicodedata.normalize("NFKC", text[:_LONGEST_READ]).lower()
    line = re.sub(r"[‘’`´]", "'", line)
    line = re.sub(r"[‐-―−]", "-", line)
    line = re.sub(r"\n+", " ; ", line)
    line = " ".join(re.sub(r"[^\w\s:/.,'@+&;!?~()<>%$-]", " ", line).split())
    line = re.sub(r"([a-z])\1{2,}", r"\1", _NOISE.sub(" ; ", line))
    line = _replaced(_replaced(_GLUED.sub(r"\1 ", line), _SPELLINGS), _NUMBERS)
    line = re.sub(r"(?<![\w'])[a-z]{5,}(?![\w'])", lambda word: _guessed(word.group()), line)
    for pattern, put in _CLOCK_WORDS:
        line = pattern.sub(put, line)
    line = _QUARTER_TO.sub(lambda hour: f"{(int(hour[1]) - 2) % 12 + 1}:45", line)
    return " ".join(_NOISE.sub(" ; ", line).split())


def has_unread_word(line: str) -> bool:
    """Whether the line names a time that is not known here, such as a feast, or tells what hinders."""
    return bool(_UNREAD.search(line))


def masked(line: str, start: int, end: int) -> str:
    """The line with a part marked as read."""
    return line[:start] + MASK * (end - start) + line[end:]


def is_or(gap: str) -> bool:
    """Whether what stands between two mentions joins them to one list."""
    return bool(_OR.fullmatch(gap))


def refused_places(line: str, rest: str, places: Iterable[Place]) -> list[Place]:
    """Marks the places of what does not suit the patient: "not monday", "any day but friday", "friday is bad".

    Args:
        line: What was typed, as a plain line.
        rest: The same with every mention of a time masked.
        places: Where the mentions of one kind are, in order.

    Returns:
        The same places, marked.
    """
    marked: list[Place] = []
    for place in places:
        is_refused = (
            bool(_REFUSED.search(rest[: place.start]))
            or bool(_BUT.search(line[: place.start]))
            or bool(_REFUSED_BEHIND.match(rest[place.end :]))
            or (bool(marked) and marked[-1].refused and is_or(rest[marked[-1].end : place.start]))
        )
        marked.append(replace(place, refused=is_refused))
    return marked


def _replaced(line: str, words: dict[str, str]) -> str:
    return _pattern(tuple(words)).sub(lambda found: words[found.group()], line)


@lru_cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words; a number may follow without a space ("dec3")."""
    return re.compile(rf"(?<![\w'])(?:{alternatives(words)})(?![a-z_'])")


@lru_cache(maxsize=2048)
def _guessed(word: str) -> str:
    """A day, a month or a part of the day for a typo of it."""
    alike = [guess for guess in _GUESSED if guess[0] == word[0]]
    return next(iter(difflib.get_close_matches(word, alike, n=1, cutoff=_CLOSE)), word)
