"""Reads a patient's name."""

from __future__ import annotations

import re

from bot.reading import normal, says_not_sure

_LONGEST = 80
_MOST_WORDS = 6
_INTRODUCTION = re.compile(
    r"^(?:(?:hi|hello|hey|sure|yes|ok|okay)[ ,.!]+)*"
    r"(?:(?:my|the) (?:full )?name(?: is|'s|s)?|i am|i'm|im|this is|it is|it's|its|name:?|call me)(?:\s+|$)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?:(?:no|yes|ok|okay|sure|is|idk|wait|what|why|never|none|"
    r"nothing|skip|later|hi|hello|hey|thanks|help|me|you|it)\b ?)+"
)
_SAYS_SOMETHING = re.compile(
    r"\b(?:want|need|delete|erase|cancel|prefer|not|none|business|important|appointment|for my|don'?t|won'?t|can'?t)\b"
)
_NOT_IN_NAMES = re.compile(r"[\d@/\\{}<>?]")


def read_name(text: str) -> str | None:
    """A name: a few words with letters in them; None where the text is none."""
    name = _INTRODUCTION.sub("", " ".join(text.split())).strip(" .,!")
    words = name.lower().split()
    few_words = 0 < len(words) <= _MOST_WORDS
    looks_like_one = any(letter.isalpha() for letter in name) and not _NOT_IN_NAMES.search(name)
    is_something_else = says_nothing(name) or says_not_sure(name) or "rather" in words
    is_something_else = is_something_else or bool(_SAYS_SOMETHING.search(normal(name)))
    return name if few_words and looks_like_one and not is_something_else and len(name) <= _LONGEST else None


def says_nothing(text: str) -> bool:
    """Whether a text holds nothing but words that answer no question for a name or a time."""
    return bool(_NO_NAME.fullmatch(normal(text)))
