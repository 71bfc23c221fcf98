"""A patient's request for an appointment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class IncompleteRequestError(ValueError):
    """The request cannot be sent on: a field is empty, or the patient does not agree to be contacted."""


@dataclass(frozen=True)
class BookingRequest:
    """What the front desk needs to call back, and no more.

    Attributes:
        patient_name: The name, as given.
        contact: A phone number in the national format, or an e-mail address.
        preferred_time: Day and time in the patient's own words.
    """

    patient_name: str
    contact: str
    preferred_time: str

    @classmethod
    def from_answers(cls, answers: Mapping[str, Any]) -> BookingRequest:
        """Makes a request of the booking form's slots.

        Raises:
            IncompleteRequestError: A field is empty, or consent is not `yes`.
        """
        missing = [name for name in cls.__dataclass_fields__ if not answers.get(name)]
        if missing:
            raise IncompleteRequestError(f"the booking request lacks {', '.join(missing)}")
        if answers.get("contact_consent") != "yes":
            raise IncompleteRequestError("the patient has not agreed to be contacted")
        return cls(**{name: str(answers[name]) for name in cls.__dataclass_fields__})
