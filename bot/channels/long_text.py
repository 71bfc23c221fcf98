"""What of a text that is too long to be read still must be: the part that holds a red flag."""

from __future__ import annotations

from bot.safety import Disposition
from bot.safety.detector import the_detector

MOST_CHARACTERS = 1000
"""The longest message that is read whole."""

_SEARCHED = 4000  # characters at either end; a search takes its time
_AROUND = 300


def alarming_part(text: str) -> str | None:
    """The part of a long text around an emergency or a crisis that the reviewed phrases find, if they find one.

    Args:
        text: More than `MOST_CHARACTERS`.
    """
    searched = text if len(text) <= 2 * _SEARCHED else f"{text[:_SEARCHED]}\n{text[-_SEARCHED:]}"
    for finding in the_detector().examine(searched).findings:
        if finding.disposition in (Disposition.EMERGENCY, Disposition.CRISIS):
            part = searched[max(0, finding.start - _AROUND) : finding.end + _AROUND]
            return part[:MOST_CHARACTERS]
    return None
