"""Reads scenarios: conversations written as what the patient does and which responses come back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

_FOLDER = Path(__file__).with_name("scenarios")


@dataclass(frozen=True)
class Step:
    """One turn: typed text or a button's title, and the responses to it."""

    you: str | None
    press: str | None
    bot: list[str]


def scenario_names() -> list[str]:
    """Every scenario."""
    return sorted(file.stem for file in _FOLDER.glob("*.yml"))


def load_scenario(name: str) -> list[Step]:
    """A scenario's turns."""
    turns = yaml.safe_load((_FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return [Step(turn.get("you"), turn.get("press"), turn["bot"]) for turn in turns]
