"""Answers to red-flag questions that another head wrote: no sign is read as all clear, and most are understood."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from rapidfuzz import fuzz, process
from rasa.core.agent import Agent

from bot.triage.taught import taught_answers
from tests.nlu.test_held_out import NEAR, plain
from tests.triage.judging import HELD_OUT, Judged, answers, judge

FLOORS = yaml.safe_load(Path("tests/floors.yml").read_text(encoding="utf-8"))["answers"]
TELLING = 3  # words; fewer are so common that two heads write the same


@pytest.fixture(scope="module")
def judged(agent: Agent) -> list[Judged]:
    """How the model reads each set."""
    return [judge(agent, file) for file in HELD_OUT]


def test_no_sign_is_read_as_all_clear(judged: list[Judged]) -> None:
    assert [answer for one in judged for answer in one.missed] == []


@pytest.mark.parametrize("kind", ["sign", "all clear", "not sure", "unclear"])
def test_most_answers_are_read_as_they_are_meant(judged: list[Judged], kind: str) -> None:
    right = sum((one.right for one in judged), Counter[str]())
    every = sum((one.all for one in judged), Counter[str]())
    assert right[kind] / every[kind] >= FLOORS[kind.replace(" ", "_")]


@pytest.mark.parametrize("file", HELD_OUT, ids=[file.stem for file in HELD_OUT])
def test_training_has_not_seen_the_answers(file: Path) -> None:
    taught: dict[str, list[str]] = {}
    for one in taught_answers():
        taught.setdefault(one.slot, []).append(plain(one.text))
    seen = [
        answer
        for answer in answers(file)
        if len(answer.text.split()) >= TELLING
        and process.extractOne(plain(answer.text), taught[answer.slot], scorer=fuzz.ratio, score_cutoff=NEAR)
    ]
    assert seen == []
