"""The language of messages that another head wrote."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.reading.language import Language, other_language
from tests.nlu.test_held_out import HELD_OUT, TRAINING, examples

MESSAGES = yaml.safe_load(Path("tests/nlu/languages.yml").read_text(encoding="utf-8"))
FLOORS = yaml.safe_load(Path("tests/floors.yml").read_text(encoding="utf-8"))["languages"]


def share(messages: list[str], language: Language | None) -> float:
    wrong = [message for message in messages if other_language(message) is not language]
    print(f"{language}: {len(messages) - len(wrong)} of {len(messages)}; not: {wrong}")
    return 1 - len(wrong) / len(messages)


def test_spanish_is_recognised() -> None:
    assert share(MESSAGES["spanish"], Language.SPANISH) >= FLOORS["spanish"]


def test_other_languages_are_recognised() -> None:
    assert share(MESSAGES["other"], Language.OTHER) >= FLOORS["other"]


def test_english_stays_english() -> None:
    assert share(MESSAGES["english"], None) >= FLOORS["english"]


def test_ordinary_messages_stay_english() -> None:
    texts = [text for text, _ in examples(HELD_OUT, *TRAINING)]
    taken = [text for text in texts if other_language(text)]
    assert len(taken) / len(texts) <= 0.005, taken
