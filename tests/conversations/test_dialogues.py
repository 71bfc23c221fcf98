"""Real-life dialogues in free text, turn by turn: what each message fills, answers and asks, and how triage ends.

A turn of dialogues/*.yml: `you` is typed; `fills`: slot to what its answer contains; `answers`: the topic that is
answered; `asks`: the question that stands at the end; `ends`: how triage ends with it; `starts`: the form that begins.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.driver import ENDING, Conversation

DIALOGUES = sorted(Path(__file__).with_name("dialogues").glob("*.yml"))
STATES = {"finished": {"ended"}, "stopped": {"ended"}, "paused": {"paused"}, "alarmed": {"paused", "ended"}}
RESPONSES = {
    "why": ["utter_why"],
    "unclear": ["utter_answer_unclear"],
    "book_appointment": ["utter_finish_triage_first", "utter_book_appointment"],
}


@pytest.mark.parametrize("file", DIALOGUES, ids=[file.stem for file in DIALOGUES])
def test_a_dialogue_goes_as_a_sensible_person_would_expect(chat: Conversation, file: Path) -> None:
    for number, turn in enumerate(yaml.safe_load(file.read_text(encoding="utf-8")), start=1):
        chat.say(turn["you"])
        assert differences(chat, turn) == [], f"turn {number}: {turn['you']} -> {chat.responses}"


def differences(chat: Conversation, turn: dict[str, Any]) -> list[str]:
    """What differs between a turn as it was written and as it went."""
    found = [
        f"{slot} is {chat.slot(slot)!r}, not {wanted!r}"
        for slot, wanted in turn.get("fills", {}).items()
        if not holds(chat.slot(slot), wanted)
    ]
    if "asks" in turn and chat.asked != turn["asks"]:
        found.append(f"asks {chat.asked}, not {turn['asks']}")
    if "ends" in turn and (chat.responses[-2:] != ENDING or chat.slot("triage_state") not in STATES[turn["ends"]]):
        found.append(f"does not end {turn['ends']}: {chat.slot('triage_state')}")
    if topic := turn.get("answers"):
        accepted = RESPONSES.get(topic, [f"utter_{topic}"])
        if not set(accepted) & set(chat.responses):
            found.append(f"does not answer {topic}")
    if "starts" in turn and chat.form != f"{turn['starts']}_form":
        found.append(f"does not start {turn['starts']}")
    return found


def holds(answer: Any, wanted: Any) -> bool:
    """Whether an answer is the wanted one, or, in own words, contains it."""
    return wanted.lower() in answer.lower() if isinstance(answer, str) and isinstance(wanted, str) else answer == wanted
