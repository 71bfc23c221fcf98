"""The rules are found faster than Rasa's own policy finds them, and are the same."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.core.policies.rule_policy import RulePolicy

from bot.dialogue.rules import NearRulePolicy
from tests.driver import Conversation

DIALOGUES = sorted(Path(__file__).with_name("dialogues").glob("*.yml"))
OPENINGS = [
    "hi",
    "i can't feel my legs",
    "i have a fever",
    "i want to kill myself",
    "my neck hurts",
    "i want a visit",
    "asdf",
]
PRESSED = [
    *("/greet", "/report_symptoms", "actually never mind, i want a visit", "Maria Lopez", "i can't feel my legs"),
    *("go on", "973-555-0188", "what causes it?", "/restart", "/back", "delete my data", "No, keep it", "asdf"),
]


def test_the_rules_that_fit_are_those_that_rasas_own_policy_finds(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[Any, Any]] = []
    near = NearRulePolicy._find_action_from_rules

    def both(policy: NearRulePolicy, *asked: Any, use_text_for_last_user_input: bool) -> Any:
        asked = (*asked, use_text_for_last_user_input)
        rasas = copy.copy(policy)
        rasas.__class__ = RulePolicy  # type: ignore[assignment]
        found, theirs = near(policy, *asked), rasas._find_action_from_rules(*asked)
        compared.append(((found[0], found[2]), (theirs[0], theirs[2])))
        return found

    monkeypatch.setattr(NearRulePolicy, "_find_action_from_rules", both)
    for file in DIALOGUES:
        Conversation(agent).say(*(turn["you"] for turn in yaml.safe_load(file.read_text(encoding="utf-8"))))
    Conversation(agent).say(*PRESSED)
    for opening in OPENINGS:
        Conversation(agent).say(opening, "thanks")
    assert len(compared) > 500
    assert [pair for pair in compared if pair[0] != pair[1]] == []
