"""Reads words.yml: what the Messenger channel itself says, and the page's profile."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, Extra, Field, HttpUrl

from bot.clinic import the_clinic

_FILE = Path(__file__).with_name("words.yml")
_COMMAND = r"^/[a-z_]+$"


class IceBreaker(BaseModel, extra=Extra.forbid):
    """A question to begin a chat with."""

    question: str = Field(min_length=1, max_length=80)
    payload: str = Field(regex=_COMMAND)


class Command(BaseModel, extra=Extra.forbid):
    """An item of the menu that says something to the assistant."""

    title: str = Field(min_length=1, max_length=30)
    payload: str = Field(regex=_COMMAND)


class Link(BaseModel, extra=Extra.forbid):
    """An item of the menu that opens a page."""

    title: str = Field(min_length=1, max_length=30)
    url: HttpUrl


class ProfileWords(BaseModel, extra=Extra.forbid):
    """What the page shows before and beside a chat, within Meta's limits."""

    greeting: str = Field(min_length=1, max_length=160)
    get_started: str = Field(regex=_COMMAND)
    ice_breakers: list[IceBreaker] = Field(min_items=1, max_items=4)
    persistent_menu: list[Command | Link] = Field(min_items=1, max_items=20)


class Words(BaseModel, extra=Extra.forbid):
    """What words.yml holds; the file says what each is for."""

    notice: str
    notice_with_consent: str
    picture: str
    audio: str
    video: str
    file: str
    location: str
    sticker: str
    unsupported: str
    people_back: str
    people_gave_back: str
    pass_failed: str
    profile: ProfileWords


@lru_cache(maxsize=1)
def the_words() -> Words:
    """The reviewed words with the clinic's facts, read once."""
    return load_words(_FILE)


def load_words(path: Path) -> Words:
    """Reads a file of words, and puts the clinic's facts into them.

    Args:
        path: The file.

    Returns:
        The words.

    Raises:
        pydantic.ValidationError: A key is missing, unknown, or beyond Meta's limits; the error names it.
        KeyError: A word asks for a fact that the clinic's file does not have.
    """
    clinic = the_clinic()
    facts = {
        "phone": clinic.phone,
        "clinic": clinic.name,
        "doctor": clinic.doctor,
        "address": clinic.address,
        "website": str(clinic.website),
    }
    return Words.parse_obj(_filled(yaml.safe_load(path.read_text(encoding="utf-8")), facts))


def _filled(content: Any, facts: dict[str, str]) -> Any:
    """The content of a file with the facts in each of its texts."""
    if isinstance(content, dict):
        return {key: _filled(value, facts) for key, value in content.items()}
    if isinstance(content, list):
        return [_filled(value, facts) for value in content]
    return content.format(**facts) if isinstance(content, str) else content
