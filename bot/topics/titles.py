"""Reads topics.yml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("topics.yml")


@lru_cache(maxsize=1)
def topic_titles() -> dict[str, str]:
    """Intent to title of each topic, as buttons show it."""
    titles: dict[str, str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return titles
