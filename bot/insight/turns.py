"""Reads turns.yml: what happened in a turn, by the names of the assistant's responses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import BaseModel

_FILE = Path(__file__).with_name("turns.yml")
_TURN = "turn"

TYPED, PRESSED = "typed", "pressed"
"""How the patient's message came: typed, or by a button (the opening of a chat counts as one)."""


class Happening(NamedTuple):
    """What is counted: a kind and a name, no words."""

    kind: str
    name: str


class TurnsFile(BaseModel, extra="forbid"):
    """The reviewed file turns.yml; what its parts mean stands at its top."""

    happens: dict[str, dict[str, str]]
    ignored: frozenset[str]
    not_understood: frozenset[str]
    beside: frozenset[str]
    erased: frozenset[str]


@lru_cache(maxsize=1)
def turns_file() -> TurnsFile:
    """The file's content, read once."""
    return TurnsFile.parse_obj(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def happened(responses: Sequence[str], typed: bool) -> list[Happening]:
    """What happened in a turn.

    Args:
        responses: The names of the assistant's responses, in their order.
        typed: Whether the patient typed the message.

    Returns:
        Each happening once; the first is the turn itself. None at all where the patient's data were erased.
    """
    if was_erased(responses):
        return []
    told = (Happening(*one) for response in responses for one in turns_file().happens.get(response, {}).items())
    return list(dict.fromkeys([Happening(_TURN, TYPED if typed else PRESSED), *told]))


def was_erased(responses: Sequence[str]) -> bool:
    """Whether the patient's data were erased in a turn."""
    return not turns_file().erased.isdisjoint(responses)


def may_be_kept(responses: Sequence[str]) -> bool:
    """Whether a typed message was not understood, and nothing else was going on: then its redacted text may be kept."""
    not_understood = turns_file().not_understood
    return not not_understood.isdisjoint(responses) and not_understood | turns_file().beside >= set(responses)
