"""What a channel itself says, when the assistant cannot (words.yml)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from bot.channels.history import by_assistant
from bot.channels.turns import Message
from bot.clinic import the_clinic

_FILE = Path(__file__).with_name("words.yml")


def said(name: str) -> Message:
    """A message of the channel's own words.

    Args:
        name: The words' name in words.yml.
    """
    return by_assistant({"text": _words()[name]})


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    words: dict[str, str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: text.format(phone=the_clinic().phone) for name, text in words.items()}
