"""Reads words.yml: the words of the staff's pages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel

from bot.topics import topic_titles

_FILE = Path(__file__).with_name("words.yml")


class ChartWords(BaseModel, extra="forbid"):
    """A chart's title, and what it shows."""

    title: str
    about: str


class Words(BaseModel, extra="forbid"):
    """The file words.yml."""

    charts: dict[str, ChartWords]
    columns: dict[str, str]
    few: str
    few_short: str
    nothing: str
    no_share: str
    table_of: str
    privacy: str
    names: dict[str, dict[str, str]]
    pages: dict[str, str]
    intents: dict[str, str]

    def name(self, kind: str, name: str) -> str:
        """What something that is counted is called; its bare name where it has no title (any more)."""
        return {**topic_titles(), **self.names[kind]}.get(name, name)

    def intent_titles(self) -> dict[str, str]:
        """Intent to title of everything that a message can ask for."""
        return {**topic_titles(), **self.intents}


@lru_cache(maxsize=1)
def the_words() -> Words:
    """The file's content, read once."""
    return Words.parse_obj(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
