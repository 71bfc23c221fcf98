"""What the assistant reads of a typed text: never a command, and of a text that is too long what is an alarm."""

from __future__ import annotations

import asyncio
import re

from bot.safety import Disposition
from bot.safety.detector import the_detector

MOST_CHARACTERS = 1000
"""The longest message that is read whole."""

_COMMAND_MARK = re.compile(r"^[\s/]+")
_SEARCHED = 4000  # characters at either end; a search takes its time
_AROUND = 300


async def readable(text: str) -> tuple[str, str | None]:
    """What the assistant is to read of a typed text.

    Args:
        text: What was typed, of any length.

    Returns:
        The text, and None; or where it can't be read an empty one, and the name of the words that say so (words.yml).
    """
    storable = text.encode("utf-8", "ignore").decode("utf-8")  # half a surrogate pair can't be stored
    words = _COMMAND_MARK.sub("", storable).strip()
    if len(words) > MOST_CHARACTERS:
        part = await asyncio.to_thread(_alarming_part, words)
        return part or "", None if part else "too_long"
    return words, None if words else "empty"


def is_alarming(text: str) -> bool:
    """Whether the reviewed phrases find an emergency or a crisis in a text."""
    return _alarming_part(text) is not None


def _alarming_part(text: str) -> str | None:
    """The part of a text around an emergency or a crisis that the reviewed phrases find, if they find one."""
    searched = text if len(text) <= 2 * _SEARCHED else f"{text[:_SEARCHED]}\n{text[-_SEARCHED:]}"
    for finding in the_detector().examine(searched).findings:
        if finding.disposition in (Disposition.EMERGENCY, Disposition.CRISIS):
            part = searched[max(0, finding.start - _AROUND) : finding.end + _AROUND]
            return part[:MOST_CHARACTERS]
    return None
