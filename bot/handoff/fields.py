"""Reads a patient's message as fields of the booking request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any

from bot.handoff.contacts import contact_in
from bot.handoff.names import read_name, says_nothing
from bot.handoff.request import SKIPPED
from bot.handoff.time_words import TimeProblem
from bot.handoff.times import Window, read_window
from bot.handoff.words import the_words
from bot.reading import normal, says_no, says_yes

BOOKING_FIELDS = (
    "patient_name",
    "contact",
    "preferred_time",
    "visit_reason",
    "share_answers",
    "contact_consent",
)
"""The slots of the booking form, in the order of asking; the confirmation follows."""

CONFIRMATION = "booking_confirmed"
WINDOW = "time_window"
"""The slot of what was understood of the preferred time (bot.handoff.times.Window, as a dict)."""

AGREED = ("share_answers", "contact_consent", CONFIRMATION)
"""The slots of what the patient agrees to; what was agreed to for one request is not for the next."""

_LONGEST = 200  # characters of a time and of a reason
_MOST_WORDS_OF_A_REFUSAL = 11  # more tell a reason after all: "i'd rather talk about my hip, which ..."


class Problem(str, Enum):
    """Why an answer cannot be used."""

    PAST = TimeProblem.PAST.value
    IMPOSSIBLE = TimeProblem.IMPOSSIBLE.value
    TOO_LONG = "too_long"


def read_field(slot: str, text: str, now: datetime) -> dict[str, Any] | Problem:
    """Reads a message as the answer to a question of the booking form.

    Args:
        slot: The field that was asked for: one of BOOKING_FIELDS, or CONFIRMATION.
        text: What the patient typed, or the title of the button.
        now: This moment at the clinic.

    Returns:
        The slots that it fills, empty where it does not answer; or why it cannot be used.
    """
    if slot == CONFIRMATION:
        return {slot: "yes"} if says_yes(text) else {}
    return _READERS[slot](text, now)


def is_reviewed_answer(slot: str, text: str) -> bool:
    """Whether a message is one of the reviewed answers to a field, whatever else it could mean elsewhere."""
    words = the_words()
    if slot == "visit_reason":
        return _leaves_out(text)
    return slot == "share_answers" and _plain(text) in words.share_yes | words.share_no


def details_in(text: str, now: datetime) -> dict[str, Any]:
    """The contact and the preferred time that a message gives beside other words: "can I come friday at 3?".

    Args:
        text: The message.
        now: This moment at the clinic.

    Returns:
        The slots that it fills.
    """
    contact = contact_in(text)
    window = read_window(contact.around if contact else text, now)
    is_time = isinstance(window, Window) and len(text) <= _LONGEST
    return {
        **({"contact": contact.value} if contact else {}),
        **(_time(contact.around if contact else text, window) if is_time else {}),
    }


def _time(words: str, window: Window | TimeProblem | None) -> dict[str, Any]:
    understood = window.to_dict() if isinstance(window, Window) else None
    return {"preferred_time": " ".join(words.split()), WINDOW: understood}


def _read_name(text: str, _now: datetime) -> dict[str, Any] | Problem:
    """The name, alone or with a contact: "Maria Lopez 973-555-0188"."""
    contact = contact_in(text)
    name = read_name(contact.around if contact else text)
    if name is None:
        return {}
    return {"patient_name": name, **({"contact": contact.value} if contact else {})}


def _read_contact(text: str, _now: datetime) -> dict[str, Any] | Problem:
    contact = contact_in(text)
    return {"contact": contact.value} if contact else {}


def _read_time(text: str, now: datetime) -> dict[str, Any] | Problem:
    """Day and time in the patient's own words, with what is understood of them; a contact in their place is one."""
    if len(text) > _LONGEST:
        return Problem.TOO_LONG
    window = read_window(text, now)
    if isinstance(window, TimeProblem):
        return Problem(window.value)
    if window is None and (contact := contact_in(text)):
        return {"contact": contact.value}
    is_something_else = says_no(text) or says_yes(text) or says_nothing(text)
    is_words = any(letter.isalnum() for letter in text) and not is_something_else
    return _time(text, window) if window is not None or is_words else {}


def _read_reason(text: str, _now: datetime) -> dict[str, Any] | Problem:
    """What the visit is about, in the patient's own words, or that it is left out."""
    if _leaves_out(text) or says_no(text):
        return {"visit_reason": SKIPPED}
    if len(text) > _LONGEST:
        return Problem.TOO_LONG
    is_words = any(letter.isalpha() for letter in text) and not says_yes(text)
    return {"visit_reason": " ".join(text.split())} if is_words else {}


def _leaves_out(text: str) -> bool:
    """Whether a message leaves the reason out, in reviewed words."""
    plain = _plain(text)
    declines = len(plain.split()) <= _MOST_WORDS_OF_A_REFUSAL and any(one in plain for one in the_words().declines)
    return plain in the_words().skip or declines


def _read_sharing(text: str, _now: datetime) -> dict[str, Any] | Problem:
    """Whether the answers to triage go along: only a plain yes lets them."""
    plain = _plain(text)
    words = the_words()
    if says_yes(text) or plain in words.share_yes:
        return {"share_answers": "yes"}
    return {"share_answers": "no"} if says_no(text) or plain in words.share_no else {}


def _plain(text: str) -> str:
    return normal(text).replace(",", "")


def _read_consent(text: str, _now: datetime) -> dict[str, Any] | Problem:
    """Yes or no, where the whole message is plainly one of them."""
    if says_yes(text):
        return {"contact_consent": "yes"}
    return {"contact_consent": "no"} if says_no(text) else {}


_READERS: dict[str, Callable[[str, datetime], dict[str, Any] | Problem]] = {
    "patient_name": _read_name,
    "contact": _read_contact,
    "preferred_time": _read_time,
    "visit_reason": _read_reason,
    "share_answers": _read_sharing,
    "contact_consent": _read_consent,
}

BOOKING_SLOTS = (*BOOKING_FIELDS, WINDOW, CONFIRMATION)
"""All that a request leaves in the conversation."""
