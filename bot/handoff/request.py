"""A patient's request for an appointment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SKIPPED = "skipped"
"""The value of a field that the patient leaves out."""

NOTHING_TOLD = "nothing_told"
"""The value of `share_answers` where there are none."""

_REQUIRED = ("patient_name", "contact", "preferred_time")


class IncompleteRequestError(ValueError):
    """The request cannot be sent on: a field is empty, or the patient does not agree to be contacted."""


@dataclass(frozen=True)
class BookingRequest:
    """What the front desk needs to call back, and no more.

    Attributes:
        patient_name: The name, as given.
        contact: A phone number in the national format, or an e-mail address.
        preferred_time: Day and time in the patient's own words.
        window: What was understood of them (bot.handoff.times.Window, as a dict), or None.
        reason: What the visit is about, in the patient's words, or None.
        answers: The answers to triage in words, or None: they go along only if the patient agrees.
    """

    patient_name: str
    contact: str
    preferred_time: str
    window: Mapping[str, Any] | None = None
    reason: str | None = None
    answers: str | None = None

    @classmethod
    def from_answers(cls, answers: Mapping[str, Any], triage_answers: str = "") -> BookingRequest:
        """Makes a request of the booking form's slots.

        Args:
            answers: The slots' values.
            triage_answers: The answers to triage in words; taken only where `share_answers` is `yes`.

        Raises:
            IncompleteRequestError: A field is empty, or consent is not `yes`.
        """
        missing = [name for name in _REQUIRED if not answers.get(name)]
        if missing:
            raise IncompleteRequestError(f"the booking request lacks {', '.join(missing)}")
        if answers.get("contact_consent") != "yes":
            raise IncompleteRequestError("the patient has not agreed to be contacted")
        reason = answers.get("visit_reason")
        return cls(
            **{name: str(answers[name]) for name in _REQUIRED},
            window=answers.get("time_window"),
            reason=None if reason in (None, SKIPPED) else str(reason),
            answers=triage_answers or None if answers.get("share_answers") == "yes" else None,
        )
