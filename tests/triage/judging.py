"""Judges how the trained model reads answers to triage questions, on sets that another head wrote.

A set of held_out/ is slot to label to answers; a label is the id of an option, or `unclear`: to be asked again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.reading import ALARMING_ANSWERS, TRIAGE_FORM
from bot.triage import DOES_NOT_APPLY, the_protocol
from bot.triage.taught import UNCLEAR

HELD_OUT = sorted(Path("tests/triage/held_out").glob("*.yml"))
PROTOCOL = the_protocol()


class Answer(NamedTuple):
    """A held-out answer: the slot of the question, what the answer means, and what was typed."""

    slot: str
    label: str
    text: str


@dataclass
class Judged:
    """How answers were read.

    Attributes:
        right: How many of each kind (a sign, all clear, not sure, unclear) were read as they are meant.
        all: How many of each kind there are.
        missed: The signs that were read as all clear: the worst that can happen.
        wrong: What was read as something else than it is meant, with what it was read as; asking again is not wrong.
    """

    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)
    missed: list[Answer] = field(default_factory=list)
    wrong: list[tuple[Answer, str]] = field(default_factory=list)

    def note(self, answer: Answer, kind: str, read: str) -> None:
        """Notes how an answer of a kind was read."""
        self.all[kind] += 1
        self.right[kind] += read == answer.label
        if kind == "sign" and kind_of(answer.slot, read) == "all clear":
            self.missed.append(answer)
        elif read not in (answer.label, UNCLEAR):
            self.wrong.append((answer, read))

    def share(self, kind: str) -> float:
        """The share of a kind that was read as it is meant."""
        return self.right[kind] / self.all[kind]


def answers(file: Path) -> Iterator[Answer]:
    """The answers of a set."""
    for slot, labels in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        for label, texts in labels.items():
            yield from (Answer(slot, label, text) for text in texts)


def judge(agent: Agent, file: Path) -> Judged:
    """Judges the model on a set."""
    judged = Judged()
    loop = asyncio.new_event_loop()
    for answer in answers(file):
        read = loop.run_until_complete(_read(agent, answer))
        judged.note(answer, kind_of(answer.slot, answer.label), read)
    loop.close()
    return judged


def kind_of(slot: str, label: str) -> str:
    """A sign of something, all clear, not sure, or unclear."""
    question = PROTOCOL.question(slot)
    option = question.option(label) if question else None
    if option is None or label == "not_sure":
        return label.replace("_", " ")
    return "sign" if option.disposition else "all clear"


async def _read(agent: Agent, answer: Answer) -> str:
    """What the model makes of an answer at its question; `alarm` where the safety net raises it by itself."""
    question = PROTOCOL.question(answer.slot)
    assert question
    assert agent.processor
    domain = agent.domain
    assert domain
    events = [ActiveLoop(TRIAGE_FORM), SlotSet("requested_slot", answer.slot)]
    tracker = DialogueStateTracker.from_events("judged", events, domain.slots)
    parsed = await agent.processor.parse_message(UserMessage(answer.text), tracker)
    told = {entity["entity"]: entity["value"] for entity in parsed["entities"]}
    value = {**told, **told.get(ALARMING_ANSWERS, {})}.get(answer.slot)
    if value is None and parsed["intent"]["name"] == "report_emergency":
        gravest = [option.id for option in question.options if option.disposition and option.disposition.gravity >= 4]
        return answer.label if answer.label in gravest or kind_of(answer.slot, answer.label) == "sign" else "alarm"
    return "no" if value == DOES_NOT_APPLY else str(value or UNCLEAR)
