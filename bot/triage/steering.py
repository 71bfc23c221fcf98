"""How people steer through questions: "why do you ask?", "go back", "later", "actually it's the left side"."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

import yaml

from bot.reading import normal

_FILE = Path(__file__).with_name("steering.yml")
_STAR = re.compile(r"^\*\s*|\s*\*$")
_CLAUSE = re.compile(r"\s*[,.;!]+\s*|\s+(?:and|but)\s+")
_NOT = r"(?:not|instead of|rather than)(?: the| my| a)?"
_CONTRAST = re.compile(
    r"^(?:it'?s |it was |was )?not(?: in)?(?: the| my| a)? [\w']+(?: [\w']+)?"
    r"(?:[ ,]+(?:but|it's|its|it is|rather)(?: in)?|,) (?:the |my )?(?P<right_last>.+)$"
    rf"|^(?P<right>.+?)[ ,]+(?:and )?{_NOT} [\w' ]+$"
)
_OF_A_SENTENCE = re.compile(
    r"\b(?:i|i'?m|am|is|are|was|were|do|does|did|no|nope|nah|yes|yeah|it'?s|that'?s|they'?re|there|have|has|had|but|just|"
    r"only|really|definitely|probably|maybe|certainly|hopefully|of course|still|all|or|and|if)\b"
)


def asks_why(text: str) -> bool:
    """Whether a message asks what a question is for."""
    return bool(_pattern("why").fullmatch(normal(text).rstrip(" ?!.")))


def goes_back(text: str) -> bool:
    """Whether a message asks for the question before."""
    return bool(_pattern("go_back").fullmatch(steering_core(text)))


def says_later(text: str) -> bool:
    """Whether a message puts the rest of the questions off."""
    whole = normal(text)
    if any(_pattern("later").fullmatch(form) for form in (whole, steering_core(whole))):
        return True
    return any(_pattern("later_at_last").fullmatch(steering_core(clause)) for clause in _CLAUSE.split(whole))


def corrected_part(text: str) -> str | None:
    """What a message puts in the place of an earlier answer: `5` of "i meant 5", `left hip` of "left hip, not right".

    Args:
        text: What was typed.

    Returns:
        The words without what marks them as a correction; None where nothing does.
    """
    plain = normal(text.strip())
    words = _pattern("correction").sub(" ", _STAR.sub("", plain)).strip(" ,.;:-")
    contrast = _CONTRAST.match(words)
    if contrast and contrast["right"] and words == plain and _OF_A_SENTENCE.search(contrast["right"]):
        contrast = None  # "i'm not pregnant" puts nothing in the place of anything
    if words == plain and not contrast:
        return None
    if contrast:
        words = contrast["right"] or contrast["right_last"]
    return _pattern("lead").sub("", words).strip() or words or None


def steering_core(text: str) -> str:
    """A message without polite words at its ends."""
    plain = normal(text).rstrip(" ?!.")
    return _pattern("edges").sub("", plain) or plain


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """One of the lists of steering.yml as a pattern."""
    lists: dict[str, list[str]] = _lists()
    if name == "edges":
        front, back = "|".join(lists["front"]), "|".join(lists["back"])
        return re.compile(rf"^(?:(?:{front})[ ,.!]+)+|(?:[ ,.!]+(?:{back}))+$")
    either = "|".join(lists[name])
    if name == "lead":
        return re.compile(rf"^(?:(?:{either})[ ,]+)+")
    return re.compile(rf"\b(?:{either})\b[ ,:;.\-]*" if name == "correction" else rf"(?:{either})")


@lru_cache(maxsize=1)
def _lists() -> dict[str, list[str]]:
    content: dict[str, list[str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return content
