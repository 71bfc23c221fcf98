"""Reads words.yml: the words of the booking form that are no response of their own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, Extra

_FILE = Path(__file__).with_name("words.yml")


class Words(BaseModel, extra=Extra.forbid):
    """What words.yml holds; the file says what each is for."""

    skip: frozenset[str]
    declines: tuple[str, ...]
    share_yes: frozenset[str]
    share_no: frozenset[str]
    lines: dict[str, str]
    understood: str
    shared: dict[str, str]
    replaces: str
    care_first: dict[str, str]


@lru_cache(maxsize=1)
def the_words() -> Words:
    """The reviewed words, read once."""
    return Words(**yaml.safe_load(_FILE.read_text(encoding="utf-8")))
