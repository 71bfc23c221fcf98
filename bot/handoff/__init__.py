"""The booking request: what it holds and how its fields are read. Pure: neither Rasa nor a database."""

from bot.handoff.changes import (
    FieldChange,
    corrects,
    field_to_change,
    field_to_change_midway,
    names_a_field,
    new_value,
    wants_to_cancel,
)
from bot.handoff.fields import (
    AGREED,
    BOOKING_FIELDS,
    BOOKING_SLOTS,
    CONFIRMATION,
    Problem,
    details_in,
    is_reviewed_answer,
    read_field,
)
from bot.handoff.request import NOTHING_TOLD, SKIPPED, BookingRequest, IncompleteRequestError
from bot.handoff.summary import request_in_words

__all__ = [
    "AGREED",
    "BOOKING_FIELDS",
    "BOOKING_SLOTS",
    "CONFIRMATION",
    "NOTHING_TOLD",
    "SKIPPED",
    "BookingRequest",
    "FieldChange",
    "IncompleteRequestError",
    "Problem",
    "corrects",
    "details_in",
    "field_to_change",
    "field_to_change_midway",
    "is_reviewed_answer",
    "names_a_field",
    "new_value",
    "read_field",
    "request_in_words",
    "wants_to_cancel",
]
