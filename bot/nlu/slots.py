"""The slot that holds the gravest disposition of a session, and never a milder one afterwards."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.slots import CategoricalSlot

from bot.safety import Disposition, gravest

FORGOTTEN = "forgotten"
"""The value that empties the slot."""


class DispositionSlot(CategoricalSlot):
    """A categorical slot whose value can only become graver until the session ends.

    A finding so cannot be cleared by what is said, typed or set later. Only a new session forgets it: the policy
    (bot/dialogue/policy.py) sets FORGOTTEN then, unless questions of triage wait.
    """

    type_name = "bot.nlu.slots.DispositionSlot"
    _value: str | None

    @property
    def value(self) -> Any:
        """The gravest disposition found so far, or None."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        found = None if value == FORGOTTEN else gravest([_known(self._value), _known(value)])
        self._value = found.value if found else None
        self._has_been_set = True

    def reset(self) -> None:
        """Forgets the finding: a new session begins."""
        self._value = self.initial_value
        self._has_been_set = False


def _known(value: Any) -> Disposition | None:
    """The disposition that a slot value names; None where it names none."""
    return next((one for one in Disposition if one.value == value), None)
