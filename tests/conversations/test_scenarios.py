"""The scenarios, turn by turn, over the trained model, the real action server and a real database."""

from __future__ import annotations

import pytest

from tests.conversations.scenario import load_scenario, scenario_names
from tests.driver import Conversation
from tests.stored import stored_requests


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_goes_as_written(chat: Conversation, name: str) -> None:
    for number, step in enumerate(load_scenario(name), start=1):
        chat.say(step.you) if step.you is not None else chat.press(step.press or "")
        assert chat.responses == step.bot, f"turn {number}: {step.you or step.press}"


def test_the_request_of_a_first_visit_is_in_the_database(chat: Conversation, database_url: str) -> None:
    for step in load_scenario("first_visit"):
        chat.say(step.you) if step.you is not None else chat.press(step.press or "")

    (row,) = stored_requests(database_url, chat.sender)
    assert (row["patient_name"], row["contact"], row["preferred_time"]) == (
        "Maria Lopez",
        "(973) 555-0188",
        "friday morning",
    )
    assert "“about 3 weeks”" in row["answers"]
