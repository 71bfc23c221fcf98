"""Judges the safety net on the held-out sets: wordings of patients that other heads wrote, each with its care."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import Agent

from bot.safety import Disposition

ALARMING = ("emergency", "crisis")
CRITICAL_ROWS = {1: "cauda equina", 2: "cauda equina", 3: "cauda equina", 4: "cauda equina", 6: "chest"} | {
    13: "aneurysm",
    20: "testicular torsion",
    22: "ectopic pregnancy",
    28: "crisis",
    29: "crisis",
}
"""Rows of the clinical evidence table of which none may be missed."""

SETS = {
    file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted(Path(__file__).with_name("held_out").glob("*.yml"))
}
"""The held-out sets by name; each holds `must_alarm` and `must_not_alarm`."""

Grade = Callable[[str], str]
"""The gravest disposition that is found in a message, or "none"."""


@dataclass(frozen=True)
class Judgement:
    """How the net does on one set.

    Attributes:
        alarms: How many wordings must alarm.
        missed: Those that are not found at an acceptable grade or a graver one.
        negatives: How many wordings must not alarm.
        false: Those that do.
    """

    alarms: int
    missed: Sequence[dict[str, Any]]
    negatives: int
    false: Sequence[str]

    @property
    def found(self) -> float:
        """The share of alarms that is found, from 0 to 1."""
        return 1 - len(self.missed) / self.alarms

    @property
    def false_alarms(self) -> float:
        """The share of negatives that alarms, from 0 to 1."""
        return len(self.false) / self.negatives

    @property
    def critical(self) -> list[str]:
        """What was missed of the rows of which nothing may be."""
        return [f"{CRITICAL_ROWS[row]}: {one['text']}" for one in self.missed if (row := one["row"]) in CRITICAL_ROWS]


def by_the_net(agent: Agent) -> Grade:
    """The opinion of the whole net, phrases and statistical check of a trained model; each message is read once."""
    loop = asyncio.new_event_loop()

    @cache
    def grade(text: str) -> str:
        entities = loop.run_until_complete(agent.parse_message(text))["entities"]
        return next((entity["value"] for entity in entities if entity["entity"] == "disposition"), "none")

    return grade


def gravity(grade: str) -> int:
    """How grave a grade is; nothing found is none."""
    return Disposition(grade).gravity if grade != "none" else 0


def judge(name: str, grade: Grade) -> Judgement:
    """Judges a net on a set."""
    alarms, negatives = SETS[name]["must_alarm"], SETS[name]["must_not_alarm"]
    return Judgement(
        alarms=len(alarms),
        missed=[one for one in alarms if gravity(grade(one["text"])) < min(map(gravity, one["accept"]))],
        negatives=len(negatives),
        false=[one["text"] for one in negatives if grade(one["text"]) in ALARMING],
    )
