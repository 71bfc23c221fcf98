"""What may be taken of a patient by the way that a message came: symptoms and contact details, or neither of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

INTAKE = "intake"
"""The entry in a message's metadata by which its channel tells."""

INTAKE_CONSENT = "intake_consent"
"""The slot that holds the patient's yes to being asked on this channel. It is erased with the rest, and outlives a new
start: that puts answers aside, while the yes was about the channel, which is still the same."""

GIVEN = "yes"
"""What the slot holds then."""


class Intake(str, Enum):
    """Where symptoms and contact details are taken."""

    HERE = "here"
    WITH_CONSENT = "with_consent"
    ELSEWHERE = "elsewhere"


def intake_of(metadata: Mapping[str, Any] | None) -> Intake:
    """Where they are taken, by a message's metadata: a channel that tells nothing takes all, an unknown word none."""
    told = (metadata or {}).get(INTAKE, Intake.HERE.value)
    return next((one for one in Intake if one.value == told), Intake.ELSEWHERE)


def may_take(intake: Intake, slots: Mapping[str, Any]) -> bool:
    """Whether they may be taken here and now.

    Args:
        intake: Where they are taken.
        slots: Every slot's value.
    """
    return intake is Intake.HERE or (intake is Intake.WITH_CONSENT and slots.get(INTAKE_CONSENT) == GIVEN)
