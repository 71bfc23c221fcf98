"""The fields of a booking request, as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff import (
    BOOKING_FIELDS,
    CONFIRMATION,
    BookingRequest,
    FieldChange,
    IncompleteRequestError,
    field_to_change,
    name_and_contact,
    read_field,
    wants_to_cancel,
)

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
        ("preferred_time", "x" * 201, None),
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
    assert read_field(slot, text) == value


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("Change the time", FieldChange("preferred_time")),
        ("that's the wrong number", FieldChange("contact")),
        ("my name has a typo", FieldChange("patient_name")),
        ("change it", FieldChange(None)),
        ("looks good", None),
    ],
)
def test_a_wish_to_change_a_field_is_read(text: str, change: FieldChange | None) -> None:
    assert field_to_change(text) == change


@pytest.mark.parametrize("text", ["ok, cancel it", "yes cancel", "ok stop", "never mind", "don't send it"])
def test_a_call_off_is_never_a_yes(text: str) -> None:
    assert wants_to_cancel(text)
    assert read_field(CONFIRMATION, text) != "yes"


def test_name_and_contact_are_read_from_one_message() -> None:
    assert name_and_contact("Maria Lopez 973-555-0188") == {"patient_name": "Maria Lopez", "contact": "(973) 555-0188"}
    assert name_and_contact("Maria") == {}


@given(st.text())
def test_no_text_breaks_the_reading_of_a_field(text: str) -> None:
    field_to_change(text)
    for slot in (*BOOKING_FIELDS, CONFIRMATION):
        read_field(slot, text)


def test_a_whole_request_is_made_of_the_slots() -> None:
    assert BookingRequest.from_answers(WHOLE) == BookingRequest("Maria Lopez", "(973) 555-0188", "friday")


@pytest.mark.parametrize("slot", WHOLE)
def test_a_request_without_a_field_or_consent_is_refused(slot: str) -> None:
    with pytest.raises(IncompleteRequestError):
        BookingRequest.from_answers({**WHOLE, slot: None})


def test_a_request_without_agreement_is_refused() -> None:
    with pytest.raises(IncompleteRequestError, match="not agreed"):
        BookingRequest.from_answers({**WHOLE, "contact_consent": "no"})
