"""What a patient can be reached by, as a link: a number to dial, or an address to write to."""

from __future__ import annotations

import re
from urllib.parse import quote

_NUMBER = re.compile(r"\+?[\d\s().\-/]+")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_DIGITS = range(3, 16)  # 15 are the most that a number has; fewer than 3 are found everywhere
_LONGEST_ADDRESS = 254


def contact_link(contact: str) -> str | None:
    """The link that dials or writes; None where a contact is neither number nor address."""
    digits = digits_of(contact)
    if digits:
        return f"tel:{'+' if contact.strip().startswith('+') else ''}{digits}"
    if _ADDRESS.fullmatch(contact) and len(contact) <= _LONGEST_ADDRESS:
        return f"mailto:{quote(contact, safe='@')}"
    return None


def digits_of(text: str) -> str | None:
    """The digits of a text that is a phone number or part of one, and nothing else."""
    digits = re.sub(r"\D", "", text)
    return digits if _NUMBER.fullmatch(text.strip()) and len(digits) in _DIGITS else None
