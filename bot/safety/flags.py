"""Which care each red flag asks for, by its id, without loading the detector."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from bot.safety.disposition import Disposition

_FILE = Path(__file__).with_name("red_flags.yml")


@lru_cache(maxsize=1)
def flag_dispositions() -> Mapping[str, Disposition]:
    """The disposition of each flag in red_flags.yml, by the flag's id."""
    content = yaml.load(_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return {flag["id"]: Disposition(flag["disposition"]) for flag in content["flags"]}
