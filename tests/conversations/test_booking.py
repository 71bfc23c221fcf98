"""Booking: taken, changed, cancelled, declined, and stored only when confirmed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection

from tests.driver import Conversation

TO_THE_SUMMARY = ["/book_appointment", "Maria Lopez", "maria@example.com", "any morning next week", "yes"]


@pytest.fixture
def requests_table(database_url: str) -> Iterator[Connection]:
    """A connection to the database that the action server writes to."""
    with create_engine(database_url, future=True).connect() as connection:
        yield connection


def stored(connection: Connection, chat: Conversation) -> list[tuple[str, str, str]]:
    """This conversation's requests."""
    connection.rollback()
    rows = connection.execute(
        text("select patient_name, contact, preferred_time from booking_request where conversation_id = :id"),
        {"id": chat.sender},
    )
    return [tuple(row) for row in rows]


def test_nothing_is_stored_before_the_patient_confirms(chat: Conversation, requests_table: Connection) -> None:
    chat.say(*TO_THE_SUMMARY)
    assert "Maria Lopez" in chat.texts[-1]
    assert "maria@example.com" in chat.texts[-1]
    assert stored(requests_table, chat) == []


def test_a_confirmed_request_is_stored_and_the_patient_learns_what_comes_next(
    chat: Conversation, requests_table: Connection
) -> None:
    chat.say(*TO_THE_SUMMARY).press("Yes, send it")
    assert chat.responses == ["utter_booking_stored"]
    assert "(973) 564-7676" in chat.texts[0]
    assert "Springfield-Chiropractic.com" in chat.texts[0]
    assert stored(requests_table, chat) == [("Maria Lopez", "maria@example.com", "any morning next week")]


@pytest.mark.parametrize(
    ("button", "answer", "row"),
    [
        ("Change the name", "Mary Lopez", ("Mary Lopez", "maria@example.com", "any morning next week")),
        ("Change the contact", "973 555 0188", ("Maria Lopez", "(973) 555-0188", "any morning next week")),
        ("Change the time", "friday", ("Maria Lopez", "maria@example.com", "friday")),
    ],
)
def test_one_field_can_be_changed_at_the_summary(
    chat: Conversation, requests_table: Connection, button: str, answer: str, row: tuple[str, str, str]
) -> None:
    chat.say(*TO_THE_SUMMARY).press(button).say(answer).press("Yes, send it")
    assert stored(requests_table, chat) == [row]


@pytest.mark.parametrize("message", ["Cancel the request", "stop", "never mind, stop"])
def test_a_cancelled_request_is_not_stored(chat: Conversation, requests_table: Connection, message: str) -> None:
    chat.say(*TO_THE_SUMMARY, message)
    assert chat.responses == ["utter_booking_cancelled"]
    assert chat.form is None
    assert chat.slot("contact") is None
    assert stored(requests_table, chat) == []


@pytest.mark.parametrize("message", ["ok, cancel it", "ok wait", "yeah no", "what happens then?"])
def test_only_a_plain_yes_sends_a_request(chat: Conversation, requests_table: Connection, message: str) -> None:
    chat.say(*TO_THE_SUMMARY, message)
    assert "utter_booking_stored" not in chat.responses
    assert stored(requests_table, chat) == []


def test_after_an_emergency_booking_says_first_to_get_help(chat: Conversation) -> None:
    chat.say("i cant feel my legs", "/book_appointment")
    assert chat.responses[0] == "utter_book_appointment"
    assert "911" in chat.texts[0]


def test_without_consent_nothing_is_stored(chat: Conversation, requests_table: Connection) -> None:
    chat.say(*TO_THE_SUMMARY[:-1], "no")
    assert chat.responses == ["utter_booking_declined"]
    assert chat.slot("contact") is None
    assert stored(requests_table, chat) == []


def test_a_second_request_of_the_session_takes_the_place_of_the_first(
    chat: Conversation, requests_table: Connection
) -> None:
    chat.say(*TO_THE_SUMMARY).press("Yes, send it")
    chat.say("/book_appointment", "Maria Lopez", "973-555-0188", "monday", "yes").press("Yes, send it")
    assert stored(requests_table, chat) == [("Maria Lopez", "(973) 555-0188", "monday")]


@pytest.mark.parametrize("contact", ["yes", "call me", "12", "a@b", "1" * 40])
def test_a_contact_that_cannot_be_reached_is_asked_for_again(chat: Conversation, contact: str) -> None:
    chat.say("/book_appointment", "Maria Lopez", contact)
    assert chat.responses == ["utter_booking_answer_unclear", "utter_ask_booking_form_contact"]


def test_a_question_in_the_middle_fills_no_field(chat: Conversation) -> None:
    chat.say("/book_appointment", "what are the stretches for the psoas?")
    assert chat.responses == ["utter_ask_stretches", "utter_ask_booking_form_patient_name"]
    assert chat.slot("patient_name") is None


def test_symptoms_in_the_middle_of_booking_wait(chat: Conversation) -> None:
    chat.say("/book_appointment", "Maria Lopez", "/report_symptoms")
    assert chat.responses == ["utter_finish_booking_first", "utter_ask_booking_form_contact"]
    assert chat.form == "booking_form"


def test_hostile_text_is_stored_as_it_is(chat: Conversation, requests_table: Connection) -> None:
    name, time = "Robert'; DELETE FROM booking_request;--", '<script>alert("x")</script> {contact}'
    chat.say("/book_appointment", name, "973-555-0188", time, "yes").press("Yes, send it")
    assert stored(requests_table, chat) == [(name, "(973) 555-0188", time)]
