"""Booking: taken, changed, cancelled, declined, and stored only when confirmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.driver import Conversation
from tests.stored import stored_requests

START = ["/book_appointment", "Maria Lopez", "maria@example.com", "any morning next week"]
GIVEN = ("Maria Lopez", "maria@example.com", "any morning next week", "a stiff hip")
TO_THE_SUMMARY = [*START, "a stiff hip", "yes"]

Stored = Callable[[Conversation], list[dict[str, Any]]]


@pytest.fixture
def stored(database_url: str) -> Stored:
    """What a conversation has stored."""
    return lambda chat: stored_requests(database_url, chat.sender)


def fields(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in ("patient_name", "contact", "preferred_time", "reason")) for row in rows]


def test_nothing_is_stored_before_the_patient_confirms(chat: Conversation, stored: Stored) -> None:
    chat.say(*TO_THE_SUMMARY)
    for told in ("Maria Lopez", "maria@example.com", "any morning next week", "a stiff hip"):
        assert told in chat.texts[-1]
    assert stored(chat) == []


def test_a_confirmed_request_is_stored_and_the_patient_learns_what_comes_next(
    chat: Conversation, stored: Stored
) -> None:
    chat.say(*TO_THE_SUMMARY).press("Yes, send it")
    assert chat.responses == ["utter_booking_stored"]
    assert "(973) 564-7676" in chat.texts[0]
    assert "Springfield-Chiropractic.com" in chat.texts[0]
    assert fields(stored(chat)) == [GIVEN]
    assert stored(chat)[0]["window"]["latest"] == "12:00:00"


def test_the_reason_can_be_left_out(chat: Conversation, stored: Stored) -> None:
    chat.say(*START).press("Leave it out").say("yes")
    assert "reason" not in chat.texts[-1]
    chat.press("Yes, send it")
    assert stored(chat)[0]["reason"] is None


@pytest.mark.parametrize(
    ("button", "answer", "row"),
    [
        ("Change the name", "Mary Lopez", ("Mary Lopez", *GIVEN[1:])),
        ("Change the contact", "973 555 0188", (GIVEN[0], "(973) 555-0188", *GIVEN[2:])),
        ("Change the time", "friday", (*GIVEN[:2], "friday", GIVEN[3])),
        ("Change the reason", "posture", (*GIVEN[:3], "posture")),
    ],
)
def test_one_field_can_be_changed_at_the_summary(
    chat: Conversation, stored: Stored, button: str, answer: str, row: tuple[str, ...]
) -> None:
    chat.say(*TO_THE_SUMMARY).press(button).say(answer).press("Yes, send it")
    assert fields(stored(chat)) == [row]


@pytest.mark.parametrize(
    ("message", "slot", "value"),
    [
        ("change the name to Mary Lopez", "patient_name", "Mary Lopez"),
        ("my number is wrong, it's 973 555 0100", "contact", "(973) 555-0100"),
        ("no, the time should be monday at 4", "preferred_time", "monday at 4"),
        ("monday at 4 would be better", "preferred_time", "monday at 4 would be better"),
    ],
)
def test_a_change_at_the_summary_takes_its_new_value_along(
    chat: Conversation, message: str, slot: str, value: str
) -> None:
    chat.say(*TO_THE_SUMMARY, message)
    assert chat.slot(slot) == value
    assert chat.responses == ["utter_ask_booking_form_booking_confirmed"]


def test_a_field_can_be_changed_before_the_summary(chat: Conversation) -> None:
    chat.say("/book_appointment", "Maria Lopez", "973-555-0188", "wait, i gave the wrong phone number")
    assert chat.responses == ["utter_ask_booking_form_contact"]


@pytest.mark.parametrize("message", ["Cancel the request", "stop", "never mind, stop"])
def test_a_cancelled_request_is_not_stored(chat: Conversation, stored: Stored, message: str) -> None:
    chat.say(*TO_THE_SUMMARY, message)
    assert chat.responses == ["utter_booking_cancelled"]
    assert chat.form is None
    assert chat.slot("contact") is None
    assert chat.slot("time_window") is None
    assert stored(chat) == []


@pytest.mark.parametrize("message", ["ok, cancel it", "ok wait", "yeah no", "what then?", "yes if friday works"])
def test_only_a_plain_yes_sends_a_request(chat: Conversation, stored: Stored, message: str) -> None:
    chat.say(*TO_THE_SUMMARY, message)
    assert "utter_booking_stored" not in chat.responses
    assert stored(chat) == []


def test_after_an_emergency_booking_says_first_to_get_help(chat: Conversation) -> None:
    chat.say("i cant feel my legs", "/book_appointment")
    assert chat.responses[0] == "utter_book_appointment"
    assert "911" in chat.texts[0]


def test_without_consent_nothing_is_stored(chat: Conversation, stored: Stored) -> None:
    chat.say(*TO_THE_SUMMARY[:-1], "no")
    assert chat.responses == ["utter_booking_declined"]
    assert chat.slot("contact") is None
    assert stored(chat) == []


def test_a_booking_that_an_alarm_interrupted_goes_on_many_messages_later(chat: Conversation) -> None:
    chat.say("i want to book an appointment", "Maria Lopez", "i can't feel my legs")
    assert chat.form is None
    chat.say(*["what is psoas syndrome?", "what causes it?", "which stretches help?", "thanks"] * 3)
    chat.say("go on")
    assert chat.form == "booking_form"
    assert chat.slot("patient_name") == "Maria Lopez"


def test_a_second_request_of_the_session_changes_the_first_and_says_so(chat: Conversation, stored: Stored) -> None:
    chat.say(*TO_THE_SUMMARY).press("Yes, send it")
    chat.say("/book_appointment", "Maria Lopez", "973-555-0188", "monday", "no reason", "yes").press("Yes, send it")
    assert chat.responses == ["utter_booking_updated"]
    assert fields(stored(chat)) == [("Maria Lopez", "(973) 555-0188", "monday", None)]
    assert stored(chat)[0]["version"] == 2


def test_who_calls_off_a_second_request_learns_that_the_first_still_stands(chat: Conversation) -> None:
    chat.say(*TO_THE_SUMMARY).press("Yes, send it").say("/book_appointment")
    assert "take its place" in chat.texts[-1]
    chat.say("stop")
    assert "still stands" in chat.texts[0]


@pytest.mark.parametrize(
    "message",
    [
        "I don't want to change anything, send it",
        "never mind the reason",
        "do not send the answers",
        "i have to work on friday",
    ],
)
def test_what_is_neither_a_yes_nor_a_call_off_keeps_the_request_at_the_summary(
    chat: Conversation, message: str
) -> None:
    chat.say(*TO_THE_SUMMARY, message)
    assert chat.form == "booking_form"
    assert chat.slot("preferred_time") == "any morning next week"


@pytest.mark.parametrize("message", ["prefer not to say", "none of your business", "my name is not important"])
def test_a_refusal_is_no_name(chat: Conversation, message: str) -> None:
    chat.say("/book_appointment", message)
    assert chat.slot("patient_name") is None


@pytest.mark.parametrize("message", ["delete my data, i have a fever and my back hurts", "stop, blood in my urine"])
def test_who_leaves_booking_with_a_red_flag_hears_of_the_care_first(chat: Conversation, message: str) -> None:
    chat.say("/book_appointment", "Maria Lopez", message)
    assert "today" in " ".join(chat.texts)
    assert chat.form == "booking_form"


def test_a_request_of_another_day_stands_beside_the_first(chat: Conversation, stored: Stored) -> None:
    chat.say(*TO_THE_SUMMARY).press("Yes, send it").wait(24 * 60)
    chat.say(*TO_THE_SUMMARY).press("Yes, send it")
    assert chat.responses == ["utter_booking_stored"]
    assert len(stored(chat)) == 2


@pytest.mark.parametrize("contact", ["yes", "call me", "12", "a@b", "1" * 40])
def test_a_contact_that_cannot_be_reached_is_asked_for_again_with_what_is_needed(
    chat: Conversation, contact: str
) -> None:
    chat.say("/book_appointment", "Maria Lopez", contact)
    assert chat.responses == ["utter_booking_answer_unclear", "utter_ask_booking_form_contact"]
    assert "area code" in chat.texts[0]


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("yesterday at 3", "gone by"),
        ("february 30th", "calendar"),
        ("x" * 201, "a few words"),
        ("😀😀", "Tuesday after 3"),
    ],
)
def test_a_time_that_cannot_be_is_asked_for_again_kindly(chat: Conversation, time: str, words: str) -> None:
    chat.say(*START[:3], time)
    assert chat.responses == ["utter_booking_answer_unclear", "utter_ask_booking_form_preferred_time"]
    assert words in chat.texts[0]


def test_a_time_that_is_not_understood_is_kept_in_the_patients_words(chat: Conversation) -> None:
    chat.say(*START[:3], "whenever the doctor has a minute", "no reason", "yes")
    assert "- time: whenever the doctor has a minute\n" in chat.texts[-1]
    assert chat.slot("time_window") is None


def test_a_wish_for_a_visit_may_bring_contact_and_time(chat: Conversation) -> None:
    chat.say("i want to book an appointment for tomorrow at 3, call me on 973 555 0188", "Maria Lopez")
    assert chat.responses == ["utter_ask_booking_form_visit_reason"]
    assert chat.slot("contact") == "(973) 555-0188"
    assert chat.slot("time_window")["earliest"] == "15:00:00"


def test_a_question_in_the_middle_fills_no_field(chat: Conversation) -> None:
    chat.say("/book_appointment", "what are the stretches for the psoas?")
    assert chat.responses == ["utter_ask_stretches", "utter_ask_booking_form_patient_name"]
    assert chat.slot("patient_name") is None


def test_symptoms_in_the_middle_of_booking_wait(chat: Conversation) -> None:
    chat.say("/book_appointment", "Maria Lopez", "/report_symptoms")
    assert chat.responses == ["utter_finish_booking_first", "utter_ask_booking_form_contact"]
    assert chat.form == "booking_form"


TOLD = ["my low back hurts", "about 3 weeks", "stop"]


def test_answers_to_triage_stay_out_of_a_request_unless_the_patient_agrees(chat: Conversation, stored: Stored) -> None:
    chat.say(*TOLD, *START, "no reason")
    assert chat.responses == ["utter_ask_booking_form_share_answers"]
    chat.press("No, leave them out").say("yes").press("Yes, send it")
    assert stored(chat)[0]["answers"] is None


def test_answers_to_triage_go_along_if_the_patient_agrees(chat: Conversation, stored: Stored) -> None:
    chat.say(*TOLD, *START, "no reason").press("Yes, pass them on").say("yes")
    assert "they go along" in chat.texts[-1]
    chat.press("Yes, send it")
    assert "low back" in stored(chat)[0]["answers"]


def test_who_told_no_symptoms_is_not_asked_for_them(chat: Conversation, stored: Stored) -> None:
    chat.say(*START, "no reason")
    assert chat.responses == ["utter_ask_booking_form_contact_consent"]
    chat.say("yes", "yes")
    assert stored(chat)[0]["answers"] is None


def test_who_told_no_symptoms_is_not_asked_for_them_at_the_second_try_either(chat: Conversation) -> None:
    chat.say(*TO_THE_SUMMARY[:-1], "/report_emergency", "/book_appointment")
    assert chat.responses[-1] == "utter_ask_booking_form_contact_consent"


def test_a_yes_for_one_request_is_none_for_the_next(chat: Conversation) -> None:
    chat.say(*TOLD, *START, "no reason").press("Yes, pass them on").say("stop")
    chat.say(*START, "no reason")
    assert chat.responses == ["utter_ask_booking_form_share_answers"]


def test_a_reason_that_asks_for_a_physician_is_answered_with_that_first(chat: Conversation) -> None:
    chat.say(*START, "sciatica, and i lost 15 pounds without trying")
    assert "physician first" in chat.texts[0]
    assert chat.responses == ["utter_ask_booking_form_contact_consent"]


def test_a_red_flag_in_the_reason_stops_the_booking(chat: Conversation, stored: Stored) -> None:
    chat.say(*START, "cant feel my legs and wet myself")
    assert chat.responses[0] == "utter_emergency"
    assert chat.form is None
    assert stored(chat) == []


def test_hostile_text_is_stored_as_it_is(chat: Conversation, stored: Stored) -> None:
    name, time = "Robert' OR 'a'='a';--", '<script>alert("x")</script> {contact}'
    chat.say("/book_appointment", name, "973-555-0188", time, "=cmd|' /C calc'!A0", "yes").press("Yes, send it")
    assert fields(stored(chat)) == [(name, "(973) 555-0188", time, "=cmd|' /C calc'!A0")]


@given(st.lists(st.text(max_size=300) | st.sampled_from(["yes", "no", "Maria", "m@x.org", "friday"]), max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_booking_answers_and_stores_nothing_by_itself(
    agent: Any, database_url: str, answers: list[str]
) -> None:
    chat = Conversation(agent).say("/book_appointment")
    for answer in answers:
        typed = answer.encode("utf-8", "ignore").decode().strip().lstrip("/")
        chat.say(typed or "...")
        assert chat.responses
        if chat.responses[-1] == "utter_ask_booking_form_booking_confirmed":
            return
    assert stored_requests(database_url, chat.sender) == []
