"""The safety net on wordings that another head wrote, without sight of its phrases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.safety import Disposition
from bot.safety.detector import load_red_flags, the_detector
from tests.nlu.test_held_out import HELD_OUT, TRAINING, examples

WORDINGS = yaml.safe_load(Path("tests/safety/wordings.yml").read_text(encoding="utf-8"))
FLOORS = yaml.safe_load(Path("tests/floors.yml").read_text(encoding="utf-8"))["safety"]
DETECTOR = the_detector()

PLAIN_ALARMS = {
    "i lost control of my bladder": "emergency",
    "i can't pee": "emergency",
    "no feeling when i wipe": "emergency",
    "numb between my legs": "emergency",
    "both my legs are weak": "emergency",
    "i cant feel my legs": "emergency",
    "i have chest pain": "emergency",
    "i cant breathe and my chest hurts a lot": "emergency",
    "my back hurts since a car crash yesterday": "emergency",
    "sudden severe pain in my testicle": "emergency",
    "my husband cant move his leg since this morning": "emergency",
    "i want to kill myself": "crisis",
    "i already wrote my goodbyes": "crisis",
    "my boyfriend hits me": "crisis",
    "i have a fever and my hip hurts": "urgent_same_day",
    "no puedo orinar": "emergency",
    "quiero morirme": "crisis",
}
NO_ALARMS = [
    "this pain is killing me",
    "no fever",
    "dont have numbness",
    "fever? no",
    "is fever a sign of it?",
    "my back hurts when i sit",
    "i cant stand up straight",
    "what are the stretches",
    "dying to get back to running",
]


def grade(text: str) -> str:
    findings = DETECTOR.find(text)
    return findings[0].disposition.value if findings else "none"


def is_right(wording: dict[str, Any]) -> bool:
    return grade(wording["text"]) in wording["accept"]


@pytest.mark.parametrize(("text", "disposition"), PLAIN_ALARMS.items())
def test_a_plain_wording_raises_its_alarm(text: str, disposition: str) -> None:
    assert grade(text) == disposition


@pytest.mark.parametrize("text", NO_ALARMS)
def test_a_denial_a_figure_of_speech_or_a_question_raises_none(text: str) -> None:
    assert grade(text) not in ("emergency", "crisis")


def test_the_share_of_held_out_alarms_that_is_found_does_not_fall() -> None:
    found = sum(map(is_right, WORDINGS["must_alarm"])) / len(WORDINGS["must_alarm"])
    print(f"found {found:.3f} of {len(WORDINGS['must_alarm'])}")
    assert found >= FLOORS["found"]


def test_the_share_of_false_alarms_does_not_rise() -> None:
    texts = [wording["text"] for wording in WORDINGS["must_not_alarm"]]
    false = sum(grade(text) in ("emergency", "crisis") for text in texts) / len(texts)
    print(f"false alarms {false:.3f} of {len(texts)}")
    assert false <= FLOORS["false_alarms"]


def test_ordinary_questions_raise_no_alarm() -> None:
    texts = [text for text, _ in examples(HELD_OUT, *TRAINING)]
    alarms = [text for text in texts if grade(text) in ("emergency", "crisis")]
    assert len(alarms) / len(texts) <= 0.01, alarms


def test_every_flag_names_its_row_and_its_sources() -> None:
    flags = load_red_flags().flags
    assert {flag.row for flag in flags} >= set(range(1, 31)) - {23}  # 23 is a part of pregnancy_alarm
    assert all(flag.sources and flag.phrases for flag in flags)
    assert len({flag.id for flag in flags}) == len(flags)
    assert {flag.disposition for flag in flags} <= set(Disposition)


@given(st.text(max_size=200))
def test_no_text_breaks_the_detector(text: str) -> None:
    for finding in DETECTOR.find(text):
        assert 0 <= finding.start < finding.end <= len(text)


@pytest.mark.parametrize("alarm", [text for text, grade in PLAIN_ALARMS.items() if grade in ("emergency", "crisis")])
@given(before=st.sampled_from([text for text, _ in examples(HELD_OUT)]))
def test_an_alarm_is_found_behind_any_ordinary_message(alarm: str, before: str) -> None:
    assert grade(f"{before}. {alarm}") in ("emergency", "crisis")


def test_the_safety_case_lists_every_flag_as_the_data_file_has_it() -> None:
    document = Path("docs/safety-case.md").read_text(encoding="utf-8")
    for flag in load_red_flags().flags:
        row = f"| {flag.row} | `{flag.id}` | {flag.name} | {flag.disposition.value} |"
        assert row in document, f"docs/safety-case.md lacks: {row}"
