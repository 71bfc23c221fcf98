"""Reads phone numbers and e-mail addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

_EMAIL = re.compile(r"[^\s<>(),;:]+@[^\s<>(),;:]+")


@dataclass(frozen=True)
class Contact:
    """A contact in a text.

    Attributes:
        value: An e-mail address, or a phone number in the national format (the international one outside America).
        around: The text without it.
    """

    value: str
    around: str


def contact_in(text: str) -> Contact | None:
    """The first e-mail address in a text, else its first phone number; None where none of them can exist.

    A number is American unless it says otherwise. Whether an address takes mail is not tried.
    """
    return _email(text) or _phone(text)


def _email(text: str) -> Contact | None:
    found = _EMAIL.search(text)
    if found is None:
        return None
    try:
        address = validate_email(found.group().rstrip("."), check_deliverability=False).normalized
    except EmailNotValidError:
        return None
    return Contact(address, _without(text, *found.span()))


def _phone(text: str) -> Contact | None:
    found = next(iter(phonenumbers.PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.VALID)), None)
    if found is None:
        return None
    american = found.number.country_code == 1
    style = phonenumbers.PhoneNumberFormat.NATIONAL if american else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return Contact(phonenumbers.format_number(found.number, style), _without(text, found.start, found.end))


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start]} {text[end:]}".strip(" ,;:-")
