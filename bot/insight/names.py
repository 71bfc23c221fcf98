"""Reads names.yml: names of people and what they are introduced with, and words that make numbers and addresses."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, validator

_FILE = Path(__file__).with_name("names.yml")


class Names(BaseModel, extra="forbid"):
    """The reviewed file names.yml; what its parts mean stands at its top."""

    given: frozenset[str]
    surnames: frozenset[str]
    ordinary_too: frozenset[str]
    others: frozenset[str]
    stops: frozenset[str]
    capitals: frozenset[str]
    numerals: frozenset[str]
    months: frozenset[str]
    streets: frozenset[str]
    places: frozenset[str]
    amounts: frozenset[str]
    says_name: tuple[str, ...]
    may_say_name: tuple[str, ...]

    @validator("*", pre=True)
    def _one_by_one(cls, words: str | list[str]) -> list[str]:
        return words.split() if isinstance(words, str) else words

    @property
    def people(self) -> frozenset[str]:
        """Every name of a person, those that are ordinary words among them."""
        return self.given | self.surnames

    @property
    def never_ordinary(self) -> frozenset[str]:
        """What is no ordinary word, however often it is seen."""
        return (self.people - self.ordinary_too) | self.others


@lru_cache(maxsize=1)
def the_names() -> Names:
    """The file's content, read once."""
    return Names.parse_obj(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
