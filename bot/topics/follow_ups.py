"""Reads follow_ups.yml: what a few words mean that lean on the last answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FIRST_OFFER = "first_offer"
"""Means the topic that the last answer offers first."""

_FILE = Path(__file__).with_name("follow_ups.yml")
_OTHERWISE = "otherwise"


def follow_up(text: str, topic: str) -> str | None:
    """What a message means after the answer to a topic.

    Args:
        text: What was typed.
        topic: The intent that was answered last.

    Returns:
        The intent that is meant, FIRST_OFFER, or None where the message does not lean on the answer.
    """
    means = _table().get(_core(text), {})
    return means.get(topic, means.get(_OTHERWISE))


def picked(text: str) -> int | None:
    """Which of the offered buttons a message picks ("the second one"), counted from 0, or None."""
    core = _core(text)
    return next((place for place, words in enumerate(_file()["picks"]) if core in words), None)


def asks_to_resume(text: str) -> bool:
    """Whether a message asks to go on with what was interrupted."""
    return _core(text) in _file()["resume"]


def _core(text: str) -> str:
    """A message without marks, openers and closers, and with one word for all that point at the answer."""
    edges, pointers = _words()
    words = re.sub(r"[^\w' ]+", " ", text.lower().replace("’", "'"))
    core = pointers.sub("it", " ".join(words.split()))
    return core if core in _table() else edges.sub("", core)


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return content


@lru_cache(maxsize=1)
def _words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What to take off at both ends of a message, and what points at the answer."""
    openers, closers = _either(_file()["openers"]), _either(_file()["closers"])
    return re.compile(rf"^(?:(?:{openers}) )+|(?: (?:{closers}))+$"), re.compile(rf"\b(?:{_either(_file()['it'])})\b")


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in words)


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    """What is typed, to the topic that it means by the last topic."""
    table: dict[str, dict[str, str]] = {}
    for one in _file()["follow_ups"]:
        framed = [frame.format(thing) for frame in _file()["frames"] for thing in one.get("about", [])]
        table |= dict.fromkeys([*one.get("says", []), *framed], one["means"])
    return table
