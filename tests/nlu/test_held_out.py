"""The classifier on examples that another head wrote, and the proof that training has not seen them."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
import yaml
from rapidfuzz import fuzz, process
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.topics import topic_titles

HELD_OUT = Path("tests/nlu/held_out.yml")
TRAINING = sorted(Path("data/nlu").glob("*.yml"))
FLOORS = yaml.safe_load(Path("tests/floors.yml").read_text(encoding="utf-8"))["nlu"]
# How the assistant shows that it does not take a message for a question of its own.
OUTSIDE = ("out_of_scope", "nlu_fallback", "speak_spanish", "speak_other_language")
NEAR = 90  # of 100: from here on two examples are the same but for a letter or a word


def examples(*files: Path) -> list[tuple[str, str]]:
    """Text and intent of every example."""
    found = []
    for file in files:
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = block["examples"].splitlines()
            found += [(line.strip().removeprefix("- "), block["intent"]) for line in lines if line.strip()]
    return found


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w ]", " ", text.lower()).split())


@pytest.fixture(scope="module")
def answers(agent: Agent) -> list[tuple[str, str, str]]:
    """Text, right intent and the model's intent of every held-out example."""

    async def ask() -> list[tuple[str, str, str]]:
        return [
            (text, intent, (await agent.parse_message(text))["intent"]["name"]) for text, intent in examples(HELD_OUT)
        ]

    return asyncio.run(ask())


def test_no_held_out_example_stands_in_training_exactly_or_nearly() -> None:
    training = [plain(text) for text, _ in examples(*TRAINING)]
    near = {
        text: match[0]
        for text, _ in examples(HELD_OUT)
        if (match := process.extractOne(plain(text), training, scorer=fuzz.ratio, score_cutoff=NEAR))
    }
    assert near == {}


def test_no_example_is_trained_under_two_intents() -> None:
    seen: dict[str, str] = {}
    for text, intent in examples(*TRAINING):
        assert seen.setdefault(plain(text) or text, intent) == intent, text


def test_every_topic_has_at_least_60_training_examples() -> None:
    counts: dict[str, int] = {}
    for _, intent in examples(*TRAINING):
        counts[intent] = counts.get(intent, 0) + 1
    thin = {intent: count for intent, count in counts.items() if intent.startswith("ask_") and count < 60}
    assert set(thin) <= {"ask_human", "ask_capabilities"}


def test_a_buttons_title_that_is_typed_means_what_the_button_does(agent: Agent) -> None:
    responses = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["responses"]
    variations = [variation for several in responses.values() for variation in several]
    buttons = [button for variation in variations for button in variation.get("buttons", [])]
    meant = {button["title"]: button["payload"][1:] for button in buttons if button["payload"].startswith("/")}

    async def typed(title: str) -> str:
        assert agent.processor
        offered = BotUttered("", {"buttons": [button for button in buttons if button["title"] == title]})
        tracker = DialogueStateTracker.from_events("typed", [offered], agent.domain.slots if agent.domain else [])
        parsed = await agent.processor.parse_message(UserMessage(title), tracker)
        return str(parsed["intent"]["name"])

    async def ask() -> dict[str, str]:
        return {title: await typed(title) for title in meant}

    assert asyncio.run(ask()) == meant


def test_a_title_means_the_same_where_its_button_is_long_gone(agent: Agent) -> None:
    async def ask() -> list[str]:
        return [(await agent.parse_message(title))["intent"]["name"] for title in topic_titles().values()]

    assert asyncio.run(ask()) == [*topic_titles()]


def test_accuracy_does_not_fall(answers: list[tuple[str, str, str]]) -> None:
    right = sum(intent == found for _, intent, found in answers) / len(answers)
    print(f"accuracy {right:.3f} of {len(answers)}")
    assert right >= FLOORS["accuracy"]


def test_what_is_out_of_scope_is_recognised(answers: list[tuple[str, str, str]]) -> None:
    outside = [found for _, intent, found in answers if intent == "out_of_scope"]
    recall = sum(found in OUTSIDE for found in outside) / len(outside)
    print(f"out-of-scope recall {recall:.3f} of {len(outside)}")
    assert recall >= FLOORS["out_of_scope_recall"]
