"""The booking request in words, as the patient sees it before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.handoff.request import SKIPPED
from bot.handoff.times import Window, window_in_words
from bot.handoff.words import the_words


def request_in_words(answers: Mapping[str, Any]) -> str:
    """A line for each field that was given; what was left out, or does not apply, has none.

    Args:
        answers: The booking form's slots.
    """
    words = the_words()
    values = {slot: answers.get(slot) for slot in words.lines}
    values["share_answers"] = words.shared.get(str(answers.get("share_answers")))
    values["preferred_time"] = time_in_words(str(answers.get("preferred_time")), answers.get("time_window"))
    return "\n".join(
        line.format(value=values[slot]) for slot, line in words.lines.items() if values[slot] not in (None, SKIPPED)
    )


def time_in_words(own: str, window: Mapping[str, Any] | None) -> str:
    """The preferred time in the patient's own words, with what was understood of them."""
    if not window:
        return own
    return the_words().understood.format(words=own, window=window_in_words(Window.from_dict(window)))
