"""Reads the wish to change a field of the summary, or to call the request off."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.reading import normal

_CANCEL = re.compile(r"\b(?:cancel|stop|quit)\b")
# They call the request off where nothing else is named: "never mind the reason" does not.
_DROP = re.compile(r"\b(?:never ?mind|forget (?:it|about it)|(?:don'?t|do not) (?:send|want|do)|changed my mind)\b")
_CHANGE = re.compile(
    r"\b(?:change|wrong|different|fix|edit|update|mistake|typo|misspelled|not my|not right|incorrect)\b"
)
_TO = re.compile(r"\b(?:to|is|it'?s|be|should be|make it)\b", re.IGNORECASE)
_CORRECTION = re.compile(
    r"\b(?:instead|better|should be|make it|actually|prefer|sorry|i meant?|could we|can we|how about|what about)\b"
)
_A_FEW = 5
_FIELDS = {
    "patient_name": ("name",),
    "contact": ("phone", "number", "e-mail", "email", "contact", "cell", "mail"),
    "preferred_time": ("time", "day", "date", "when", "hour"),
    "visit_reason": ("reason", "about"),
    "share_answers": ("answers", "symptoms"),
}


_FIELD = "|".join(re.escape(word) for words in _FIELDS.values() for word in words)
_NAMES_FIELD = re.compile(rf"\b(?:{_FIELD})\b")
_NAMED_CHANGE = re.compile(
    rf"\b(?:change|wrong|different|another|fix|edit|update|misspelled)\W+(?:\w+\W+){{0,2}}(?:{_FIELD})\b"
)


@dataclass(frozen=True)
class FieldChange:
    """The patient wants to change a field of the summary.

    Attributes:
        slot: The field; None where the patient has not said which.
        to: What it is changed to, as far as that was said.
    """

    slot: str | None
    to: str = ""


def field_to_change(text: str) -> FieldChange | None:
    """Reads a message as the wish to change a field of the summary.

    Args:
        text: What the patient typed at the summary, or the title of the button.

    Returns:
        The wish, or None where the message does not ask for a change.
    """
    plain = normal(text)
    if not _CHANGE.search(plain):
        return None
    to = new_value(text)
    if _CHANGE.search(normal(to)):  # "my number is wrong, it's 973 555 0100"
        to = new_value(to)
    for slot, words in _FIELDS.items():
        if any(re.search(rf"\b{re.escape(word)}\b", plain) for word in words):
            return FieldChange(slot, to)
    return FieldChange(None, to)


def field_to_change_midway(text: str) -> FieldChange | None:
    """Reads a message as the wish to change a field before the summary, where a change and a field stand together.

    Args:
        text: What the patient typed at another field's question.

    Returns:
        The wish, or None.
    """
    return field_to_change(text) if _NAMED_CHANGE.search(normal(text)) else None


def corrects(text: str) -> bool:
    """Whether a message at the summary gives something new: by words of a correction, or by being little else."""
    words = normal(text).split()
    return len(words) <= _A_FEW or bool(_CORRECTION.search(normal(text)))


def new_value(text: str) -> str:
    """What stands behind "to", "is" or "make it" in a message; empty where nothing does."""
    parts = _TO.split(text, maxsplit=1)
    return parts[1].strip() if len(parts) > 1 else ""


def wants_to_cancel(text: str) -> bool:
    """Whether a message that follows the summary calls the request off."""
    plain = normal(text)
    return bool(_CANCEL.search(plain) or (_DROP.search(plain) and not (_CHANGE.search(plain) or names_a_field(text))))


def names_a_field(text: str) -> bool:
    """Whether a message names a field of the request."""
    return bool(_NAMES_FIELD.search(normal(text)))
