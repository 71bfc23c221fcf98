"""The slot that holds the gravest disposition of a session, and never a milder one afterwards."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.slots import CategoricalSlot

from bot.safety import Disposition, gravest


class DispositionSlot(CategoricalSlot):
    """A categorical slot whose value can only become graver until the session ends.

    A finding so cannot be cleared by what is said, typed or set later; only a new session,
    which resets every slot, starts without one.
    """

    type_name = "bot.nlu.slots.DispositionSlot"
    _value: str | None

    @property
    def value(self) -> Any:
        """The gravest disposition found so far, or None."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        found = gravest([_known(self._value), _known(value)])
        self._value = found.value if found else None
        self._has_been_set = True

    def reset(self) -> None:
        """Forgets the finding: a new session begins."""
        self._value = self.initial_value
        self._has_been_set = False


def _known(value: Any) -> Disposition | None:
    """The disposition that a slot value names; None where it names none."""
    return next((one for one in Disposition if one.value == value), None)
