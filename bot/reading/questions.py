"""Splits a message that asks several things into its questions."""

from __future__ import annotations

import re

_BREAK = re.compile(
    r"[?!.;\n]+\s*"
    r"|,?\s+(?:and also|and then|oh and|but also|and|also|plus|then)\s+"
    r"|,\s+(?=(?:what|how|why|when|where|which|who|can|could|do|does|is|are|will|should|any)\b)",
    re.IGNORECASE,
)
_SHORTEST = 2  # words; less is a connective, not a question


def split_questions(text: str) -> list[str]:
    """Splits a message where one question may end and another begin.

    Args:
        text: What was typed.

    Returns:
        The parts, at least two words each and in their order; empty where there is only one.
    """
    parts = [part.strip(" ,") for part in _BREAK.split(text)]
    whole = [part for part in parts if len(part.split()) >= _SHORTEST]
    return whole if len(whole) > 1 else []
