"""Reads a patient's message as a field of the booking request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bot.reading import normal, says_no, says_not_sure, says_yes

BOOKING_FIELDS = ("patient_name", "contact", "preferred_time", "contact_consent")
"""The slots of the booking form, in the order of asking; the confirmation follows."""

CONFIRMATION = "booking_confirmed"

_LONGEST_NAME = 80
_LONGEST_TIME = 200
_MOST_NAME_WORDS = 6
_NAME_INTRODUCTION = re.compile(
    r"^(?:(?:hi|hello|hey|sure|yes|ok|okay)[ ,.!]+)*"
    r"(?:(?:my|the) (?:full )?name(?: is|'s|s)?|i am|i'm|im|this is|it is|it's|its|name:?|call me)(?:\s+|$)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?:(?:no|yes|ok|okay|sure|is|idk|wait|what|why|never|none|"
    r"nothing|skip|later|hi|hello|hey|thanks|help|me|you|it)\b ?)+"
)
_CANCEL = re.compile(
    r"\b(?:cancel|stop|quit|never ?mind|forget (?:it|about it)|(?:don'?t|do not) (?:send|want|do)|changed my mind)\b"
)
_CHANGE = re.compile(
    r"\b(?:change|wrong|different|fix|edit|update|mistake|typo|misspelled|not my|not right|incorrect)\b"
)
_EMAIL = re.compile(r"[^\s<>(),;:]+@[^\s<>(),;:]+")
_CHANGES = {
    "patient_name": ("name",),
    "contact": ("phone", "number", "e-mail", "email", "contact", "cell", "mail"),
    "preferred_time": ("time", "day", "date", "when", "hour"),
}


@dataclass(frozen=True)
class FieldChange:
    """The patient wants to change a field of the summary; None where they have not said which."""

    slot: str | None


def read_field(slot: str, text: str) -> str | None:
    """Reads a message as the answer to a question of the booking form.

    Args:
        slot: The field that was asked for: one of BOOKING_FIELDS, or CONFIRMATION.
        text: What the patient typed, or the title of the button.

    Returns:
        The field as it is kept, or None where the message does not give it.
    """
    if slot == "patient_name":
        return _read_name(text)
    if slot == "contact":
        return _read_email(text) or _read_phone(text)
    if slot == "preferred_time":
        return _read_time(text)
    return _read_yes_no(text)


def field_to_change(text: str) -> FieldChange | None:
    """Reads a message as the wish to change a field of the summary.

    Args:
        text: What the patient typed at the summary, or the title of the button.

    Returns:
        The wish, or None where the message does not ask for a change.
    """
    plain = normal(text)
    if not re.search(
        r"\b(?:change|wrong|different|fix|edit|update|mistake|typo|misspelled|not my|not right|incorrect)\b", plain
    ):
        return None
    for slot, words in _CHANGES.items():
        if any(re.search(rf"\b{re.escape(word)}\b", plain) for word in words):
            return FieldChange(slot)
    return FieldChange(None)


def wants_to_cancel(text: str) -> bool:
    """Whether a message that follows the summary calls the request off."""
    return bool(_CANCEL.search(normal(text)))


def name_and_contact(text: str) -> dict[str, str]:
    """Reads a message that gives name and contact at once: "Maria Lopez 973-555-0188".

    Returns:
        The two slots, or nothing where the message does not give both.
    """
    contact = read_field("contact", text)
    match = _EMAIL.search(text) or next(_phones(text), None)
    if contact is None or match is None:
        return {}
    start, end = match.span() if isinstance(match, re.Match) else (match.start, match.end)
    name = _read_name(f"{text[:start]} {text[end:]}".strip(" ,;:-"))
    return {"patient_name": name, "contact": contact} if name else {}


def _read_name(text: str) -> str | None:
    """A name: a few words with letters in them."""
    name = _NAME_INTRODUCTION.sub("", " ".join(text.split())).strip(" .,!")
    words = name.lower().split()
    few_words = 0 < len(words) <= _MOST_NAME_WORDS
    looks_like_one = any(letter.isalpha() for letter in name) and not re.search(r"[\d@/\\{}<>?]", name)
    says_something_else = _NO_NAME.fullmatch(normal(name)) or says_not_sure(name) or "rather" in words
    return name if few_words and looks_like_one and not says_something_else and len(name) <= _LONGEST_NAME else None


def _read_email(text: str) -> str | None:
    found = _EMAIL.search(text)
    if found is None:
        return None
    try:
        return validate_email(found.group().rstrip("."), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def _read_phone(text: str) -> str | None:
    """The first phone number in the text, American unless it says otherwise, in the national format."""
    found = next(_phones(text), None)
    if found is None:
        return None
    american = found.number.country_code == 1
    style = phonenumbers.PhoneNumberFormat.NATIONAL if american else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(found.number, style)


def _phones(text: str) -> Iterator[phonenumbers.PhoneNumberMatch]:
    """The phone numbers in a text that can exist."""
    return iter(phonenumbers.PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.VALID))


def _read_time(text: str) -> str | None:
    """Day and time in the patient's own words: kept as they are, if they are words."""
    words = " ".join(text.split())
    says_something_else = says_no(text) or says_yes(text) or bool(_NO_NAME.fullmatch(normal(text)))
    is_words = any(letter.isalnum() for letter in words) and not says_something_else
    return words if is_words and len(words) <= _LONGEST_TIME else None


def _read_yes_no(text: str) -> str | None:
    """Yes or no, where the whole message is plainly one of them."""
    if says_yes(text):
        return "yes"
    return "no" if says_no(text) else None
