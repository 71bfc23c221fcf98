"""Reads words.yml: what mails and calendar entries say."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("words.yml")


@lru_cache(maxsize=1)
def the_words() -> dict[str, str]:
    """The wordings by their names, read once."""
    words: dict[str, str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return words
