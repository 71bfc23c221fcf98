"""The fields of a booking request, as people type them."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff import (
    BOOKING_FIELDS,
    CONFIRMATION,
    NOTHING_TOLD,
    SKIPPED,
    BookingRequest,
    FieldChange,
    IncompleteRequestError,
    Problem,
    details_in,
    field_to_change,
    field_to_change_midway,
    read_field,
    request_in_words,
    wants_to_cancel,
)
from bot.handoff.times import Window

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=ZoneInfo("America/New_York"))  # a Wednesday

WHOLE = {
    "patient_name": "Maria Lopez",
    "contact": "(973) 555-0188",
    "preferred_time": "friday",
    "contact_consent": "yes",
}


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        ("patient_name", "Maria Lopez", "Maria Lopez"),
        ("patient_name", "my name is Maria Lopez", "Maria Lopez"),
        ("patient_name", "José 🙂", "José 🙂"),
        ("patient_name", "מרים", "מרים"),
        ("patient_name", "12345", None),
        ("patient_name", "i would like to know how long it takes", None),
        ("patient_name", "x" * 81, None),
        ("contact", "call me at 973.555.0188 pls", "(973) 555-0188"),
        ("contact", "+44 20 7946 0958", "+44 20 7946 0958"),
        ("contact", "Maria@Example.com.", "Maria@example.com"),
        ("contact", "973 555 018", None),
        ("contact", "a@b", None),
        ("contact", "9" * 40, None),
        ("preferred_time", "any morning next week", "any morning next week"),
        ("preferred_time", "???", None),
        ("visit_reason", "low back pain when i sit", "low back pain when i sit"),
        ("visit_reason", "skip", SKIPPED),
        ("visit_reason", "Leave it out", SKIPPED),
        ("visit_reason", "i'd rather not say", SKIPPED),
        ("visit_reason", "no thanks", SKIPPED),
        ("visit_reason", "???", None),
        ("share_answers", "Yes, pass them on", "yes"),
        ("share_answers", "No, leave them out", "no"),
        ("share_answers", "yes but not the accident", None),
        ("contact_consent", "yes please", "yes"),
        ("contact_consent", "no", "no"),
        ("contact_consent", "purple", None),
        ("contact_consent", "definitely not", "no"),
        ("contact_consent", "do not contact me", "no"),
        ("contact_consent", "of course you can't", None),
        ("contact_consent", "no problem", "yes"),
        ("patient_name", "no", None),
        ("patient_name", "idk", None),
        ("patient_name", "my name is", None),
        ("patient_name", "Will Smith", "Will Smith"),
        ("contact", "555-0188", None),
        ("preferred_time", "May 5th", "May 5th"),
        ("preferred_time", "no", None),
        (CONFIRMATION, "that's correct", "yes"),
        (CONFIRMATION, "ok wait", None),
        (CONFIRMATION, "send it later", None),
        (CONFIRMATION, "yeah no", None),
        (CONFIRMATION, "yes?", None),
        (CONFIRMATION, "Yes, send it", "yes"),
        (CONFIRMATION, "send it", "yes"),
    ],
)
def test_a_field_is_read_as_people_give_it(slot: str, text: str, value: str | None) -> None:
    read = read_field(slot, text, NOW)
    assert not isinstance(read, Problem)
    assert read.get(slot) == value


@pytest.mark.parametrize(
    ("slot", "text", "problem"),
    [
        ("preferred_time", "yesterday", Problem.PAST),
        ("preferred_time", "february 30th", Problem.IMPOSSIBLE),
        ("preferred_time", "x" * 201, Problem.TOO_LONG),
        ("visit_reason", "x" * 201, Problem.TOO_LONG),
    ],
)
def test_an_answer_that_cannot_be_used_says_why(slot: str, text: str, problem: Problem) -> None:
    assert read_field(slot, text, NOW) is problem


def test_a_time_is_kept_in_the_patients_words_and_as_it_was_understood() -> None:
    assert read_field("preferred_time", "tomorrow after 3", NOW) == {
        "preferred_time": "tomorrow after 3",
        "time_window": Window(date(2026, 11, 26), date(2026, 11, 26), time(15)).to_dict(),
    }
    assert read_field("preferred_time", "when you can", NOW) == {"preferred_time": "when you can", "time_window": None}


def test_a_contact_in_the_place_of_a_time_is_a_contact() -> None:
    assert read_field("preferred_time", "call me at 973 555 0188", NOW) == {"contact": "(973) 555-0188"}


def test_details_are_found_beside_other_words() -> None:
    details = details_in("can i come friday at 3? 973-555-0188", NOW)
    assert details["contact"] == "(973) 555-0188"
    assert details["time_window"]["first_day"] == "2026-11-27"
    assert details_in("i need an appointment", NOW) == {}


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("Change the time", FieldChange("preferred_time")),
        ("that's the wrong number", FieldChange("contact")),
        ("my name has a typo", FieldChange("patient_name")),
        ("change it", FieldChange(None)),
        ("change the name to Mary", FieldChange("patient_name", "Mary")),
        ("the time is wrong", FieldChange("preferred_time")),
        ("looks good", None),
    ],
)
def test_a_wish_to_change_a_field_is_read(text: str, change: FieldChange | None) -> None:
    assert field_to_change(text) == change


@pytest.mark.parametrize("text", ["ok, cancel it", "yes cancel", "ok stop", "never mind", "don't send it"])
def test_a_call_off_is_never_a_yes(text: str) -> None:
    assert wants_to_cancel(text)
    assert read_field(CONFIRMATION, text, NOW) == {}


def test_name_and_contact_are_read_from_one_message() -> None:
    both = {"patient_name": "Maria Lopez", "contact": "(973) 555-0188"}
    assert read_field("patient_name", "Maria Lopez 973-555-0188", NOW) == both


@given(st.text())
def test_no_text_breaks_the_reading_of_a_field(text: str) -> None:
    field_to_change(text)
    for slot in (*BOOKING_FIELDS, CONFIRMATION):
        read_field(slot, text, NOW)
    details_in(text, NOW)


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("i put the wrong phone number before, can i fix it", "contact"),
        ("wait i want a different day", "preferred_time"),
        ("the pain changes from day to day", None),
        ("it got worse when i changed my phone", None),
    ],
)
def test_a_change_in_the_middle_names_its_field(text: str, slot: str | None) -> None:
    assert field_to_change_midway(text) == (FieldChange(slot) if slot else None)


def test_a_whole_request_is_made_of_the_slots() -> None:
    assert BookingRequest.from_answers(WHOLE) == BookingRequest("Maria Lopez", "(973) 555-0188", "friday")


@pytest.mark.parametrize(("share", "kept"), [("yes", "- low back"), ("no", None), (NOTHING_TOLD, None), (None, None)])
def test_answers_to_triage_are_in_a_request_only_with_a_yes(share: str | None, kept: str | None) -> None:
    request = BookingRequest.from_answers({**WHOLE, "share_answers": share}, "- low back")
    assert request.answers == kept


def test_a_reason_that_was_left_out_is_none() -> None:
    assert BookingRequest.from_answers({**WHOLE, "visit_reason": SKIPPED}).reason is None


def test_the_summary_has_a_line_for_what_was_given_and_no_other() -> None:
    assert request_in_words({**WHOLE, "visit_reason": SKIPPED, "share_answers": NOTHING_TOLD}) == (
        "- name: Maria Lopez\n- contact: (973) 555-0188\n- time: friday"
    )


def test_words_of_the_patient_are_not_taken_for_templates() -> None:
    assert "- name: {contact}" in request_in_words({**WHOLE, "patient_name": "{contact}"})


@pytest.mark.parametrize("slot", WHOLE)
def test_a_request_without_a_field_or_consent_is_refused(slot: str) -> None:
    with pytest.raises(IncompleteRequestError):
        BookingRequest.from_answers({**WHOLE, slot: None})


def test_a_request_without_agreement_is_refused() -> None:
    with pytest.raises(IncompleteRequestError, match="not agreed"):
        BookingRequest.from_answers({**WHOLE, "contact_consent": "no"})
