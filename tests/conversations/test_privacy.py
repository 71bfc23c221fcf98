"""Patients ask what is kept of them, and have it deleted."""

from __future__ import annotations

import pytest
from rasa.utils.endpoints import EndpointConfig

from bot.privacy.retention import the_limits
from bot.run.services import free_port
from bot.storage import Database, the_keyring
from bot.storage.models import TurnRow
from tests.conversations.test_booking import TO_THE_SUMMARY
from tests.driver import ENDING, Conversation
from tests.stored import stored_requests

DELETE = "please delete my data"


@pytest.mark.parametrize("text", ["who reads this?", "is this private", "how long do you keep what i type"])
def test_who_asks_about_privacy_learns_for_how_long_things_are_kept(chat: Conversation, text: str) -> None:
    chat.say(text)
    assert chat.responses[-1] == "utter_ask_privacy"
    for days in (the_limits().conversations, the_limits().requests):
        assert f"{days} " in chat.texts[-1] or f"{days}." in chat.texts[-1]


def test_a_question_about_privacy_in_the_middle_of_booking_is_answered_there(chat: Conversation) -> None:
    chat.say("/book_appointment", "who will see my name?")
    assert chat.responses == ["utter_ask_privacy", "utter_ask_booking_form_patient_name"]


@pytest.mark.parametrize("title", ["Yes, delete everything", "No, keep it"])
def test_nothing_is_deleted_before_the_patient_has_said_so_twice(
    chat: Conversation, database_url: str, title: str
) -> None:
    chat.say(*TO_THE_SUMMARY, "yes", DELETE)
    assert chat.responses == ["utter_confirm_erasure"]
    assert len(stored_requests(database_url, chat.sender)) == 1
    chat.press(title)
    assert len(stored_requests(database_url, chat.sender)) == (title == "No, keep it")


def test_what_was_recorded_of_the_conversation_goes_too(chat: Conversation, database_url: str) -> None:
    name = the_keyring().pseudonym(chat.sender)
    with Database(database_url).unit_of_work() as session:
        session.add(TurnRow(conversation=name, kind="topic", name="ask_signs"))
    chat.say(DELETE, "yes")
    assert chat.responses == ["utter_data_erased"]
    with Database(database_url).unit_of_work() as session:
        assert session.query(TurnRow).filter_by(conversation=name).count() == 0


@pytest.mark.parametrize(
    "answer",
    [
        "maybe",
        "what would that mean?",
        "who reads this?",
        "yes but tell me why first",
        "definitely not, please don't delete my data",
        "absolutely do not delete my data",
        "no worries",
        "i don't mind",
    ],
)
def test_only_a_plain_yes_deletes(chat: Conversation, database_url: str, answer: str) -> None:
    chat.say(*TO_THE_SUMMARY, "yes", DELETE, answer)
    assert "utter_data_erased" not in chat.responses
    assert len(stored_requests(database_url, chat.sender)) == 1


def test_deleting_in_the_middle_of_triage_forgets_the_answers_and_ends_it(chat: Conversation) -> None:
    chat.say("my low back hurts for 3 weeks", DELETE)
    assert chat.responses == ["utter_confirm_erasure"]
    assert chat.form is None
    chat.press("Yes, delete everything")
    assert chat.responses[0] == "utter_data_erased"
    assert chat.responses[-2:] == ENDING
    assert chat.slot("pain_location") is None
    assert chat.slot("pain_duration") is None


def test_deleting_in_the_middle_of_booking_forgets_the_details(chat: Conversation) -> None:
    chat.say("/book_appointment", "Maria Lopez", "973-555-0188", DELETE, "yes")
    assert chat.responses == ["utter_data_erased"]
    assert chat.slot("patient_name") is None
    assert chat.slot("contact") is None


@pytest.mark.parametrize(
    ("start", "question"),
    [
        (["/book_appointment", "Maria Lopez"], "utter_ask_booking_form_contact"),
        (["my low back hurts for 3 weeks"], "utter_ask_triage_form_pain_trigger"),
    ],
)
def test_who_keeps_the_data_after_all_goes_on_where_it_was(chat: Conversation, start: list[str], question: str) -> None:
    chat.say(*start, DELETE).press("No, keep it")
    assert chat.responses[-1] == question


def test_a_finding_on_safety_outlives_the_deletion(chat: Conversation) -> None:
    chat.say("i cant feel my legs", DELETE, "yes")
    assert chat.responses[0] == "utter_data_erased"
    assert chat.slot("disposition") == "emergency"


def test_an_emergency_in_the_answer_comes_before_the_deletion(chat: Conversation) -> None:
    chat.say(DELETE, "yes and i cant feel my legs")
    assert chat.responses[0] == "utter_emergency"


def test_without_its_action_server_the_assistant_claims_no_deletion(chat: Conversation, agent: object) -> None:
    chat.say(DELETE)
    processor = agent.processor  # type: ignore[attr-defined]
    kept, processor.action_endpoint = processor.action_endpoint, EndpointConfig(f"http://127.0.0.1:{free_port()}")
    try:
        chat.say("yes")
    finally:
        processor.action_endpoint = kept
    assert chat.responses == ["utter_no_rule"]
