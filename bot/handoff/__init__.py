"""The booking request: what it holds and how its fields are read. Pure: neither Rasa nor a database."""

from bot.handoff.fields import (
    BOOKING_FIELDS,
    CONFIRMATION,
    FieldChange,
    field_to_change,
    name_and_contact,
    read_field,
    wants_to_cancel,
)
from bot.handoff.request import BookingRequest, IncompleteRequestError

__all__ = [
    "BOOKING_FIELDS",
    "CONFIRMATION",
    "BookingRequest",
    "FieldChange",
    "IncompleteRequestError",
    "field_to_change",
    "name_and_contact",
    "read_field",
    "wants_to_cancel",
]
