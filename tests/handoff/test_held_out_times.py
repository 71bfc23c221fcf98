"""The reading of wished times on wordings that another head wrote."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.handoff.time_words import TimeProblem
from bot.handoff.times import Window, read_window

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=ZoneInfo("America/New_York"))
WORDINGS: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("held_out_times.yml").read_text(encoding="utf-8")
)
FLOORS = yaml.safe_load(Path("tests/floors.yml").read_text(encoding="utf-8"))["times"]


def is_right(wording: dict[str, Any]) -> bool:
    read = read_window(wording["text"], NOW)
    if "problem" in wording:
        return isinstance(read, TimeProblem) and read.value == wording["problem"]
    if "words" in wording or "none" in wording:
        return read is None or read == Window()  # "any time": nothing more is known than from no words at all
    if not isinstance(read, Window) or read.weekdays != tuple(wording.get("weekdays", ())):
        return False
    days = (read.first_day, read.last_day) == (wording.get("first"), wording.get("last"))
    return days and ("loose" in wording or (read.earliest, read.latest) == (hour(wording, "from"), hour(wording, "to")))


def hour(wording: dict[str, Any], name: str) -> time | None:
    return time.fromisoformat(wording[name]) if name in wording else None


def kind(wording: dict[str, Any]) -> str:
    return next((name for name in ("problem", "words", "none") if name in wording), "window")


@pytest.mark.parametrize("of", ["window", "problem", "words", "none"])
def test_held_out_times_are_read_as_their_writer_meant_them(of: str) -> None:
    mine = [wording for wording in WORDINGS if kind(wording) == of]
    wrong = [wording["text"] for wording in mine if not is_right(wording)]
    assert 1 - len(wrong) / len(mine) >= FLOORS[of], wrong
