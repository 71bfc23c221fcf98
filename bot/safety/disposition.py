"""Dispositions: which care comes next, from the gravest to the mildest."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Disposition(str, Enum):
    """Which care comes next. Listed from the gravest to the mildest."""

    EMERGENCY = "emergency"
    CRISIS = "crisis"
    URGENT_SAME_DAY = "urgent_same_day"
    SEE_CLINICIAN = "see_clinician"
    ROUTINE = "routine"

    @property
    def gravity(self) -> int:
        """A number that grows with the gravity, from 1 (routine) to 5 (emergency)."""
        return len(Disposition) - list(Disposition).index(self)


def gravest(dispositions: Iterable[Disposition | None]) -> Disposition | None:
    """The gravest of several dispositions.

    Args:
        dispositions: Any number of them; a None counts for nothing.

    Returns:
        The gravest, or None where there is none.
    """
    found = [disposition for disposition in dispositions if disposition is not None]
    return max(found, key=lambda disposition: disposition.gravity, default=None)
