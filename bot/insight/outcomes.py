"""Names the care that triage ended with: its response has one name, and a variation for each care."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from bot.safety import Disposition
from bot.triage import the_protocol
from bot.triage.ending import OUTCOME_WORDS


def response_names(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of the responses of a turn, the outcome of triage with its care: `utter_triage_outcome/routine`.

    Args:
        messages: The assistant's messages, each with its `text` and the name of its `response`, or None.

    Returns:
        The names, in their order, without messages that have none.
    """
    return [_name(message["response"], message["text"]) for message in messages if message["response"]]


def _name(response: str, text: str) -> str:
    if response != OUTCOME_WORDS:
        return response
    care = next((care for care, words in _words_of_outcomes() if words.fullmatch(text.strip())), None)
    return f"{response}/{care.value}" if care else response


@lru_cache(maxsize=1)
def _words_of_outcomes() -> list[tuple[Disposition, re.Pattern[str]]]:
    """Each care with what is said for it at the end; anything may stand in the place of its `{...}`."""
    return [(outcome.disposition, _pattern(outcome.finished)) for outcome in the_protocol().outcomes]


def _pattern(words: str) -> re.Pattern[str]:
    fixed = re.split(r"\{\w+\}", words.strip())
    return re.compile(".*".join(map(re.escape, fixed)), re.DOTALL)
