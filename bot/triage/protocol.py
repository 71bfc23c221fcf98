"""The triage protocol as it stands in protocol.yml: questions, options, branches, signs and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, root_validator, validator

from bot.safety import Disposition
from bot.safety.flags import flag_dispositions

DOES_NOT_APPLY = "does_not_apply"
"""The answer of a question that is not asked, because its branch was not taken."""

REOPENED = "reopened"
"""The key among answers of those that are asked again, slot to old answer: their care stays until they are answered."""

Answers = Mapping[str, Any]
"""Slot to answer: an option's id, the severity as a number, or words. A None is no answer."""


class _Part(BaseModel, extra=Extra.forbid, frozen=True):
    """A part of the file: unknown keys are refused, and a list that is there has something in it."""

    @validator("says", "sources", "of", check_fields=False)
    def _is_not_empty(cls, listed: tuple[str, ...]) -> tuple[str, ...]:
        if not listed:
            raise ValueError("needs at least one entry")
        return listed


class _Caring(_Part):
    """What points to a care: by a red flag, or by a disposition with the row of the evidence table that asks for it."""

    flag: str | None = None
    own: Disposition | None = Field(None, alias="disposition")
    row: int | None = Field(None, ge=1, le=30)
    reason: str | None = None

    @validator("flag")
    def _flag_is_known(cls, flag: str | None) -> str | None:
        if flag is not None and flag not in flag_dispositions():
            raise ValueError(f"there is no red flag {flag!r} in red_flags.yml")
        return flag

    @root_validator(skip_on_failure=True)
    def _one_source_of_care(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["flag"] and values["own"]:
            raise ValueError("names a flag and a disposition; the flag alone says which care it asks for")
        if (values["own"] is None) != (values["row"] is None):
            raise ValueError("a disposition needs the row of the evidence table, and a row needs a disposition")
        return values

    @property
    def disposition(self) -> Disposition | None:
        """The care that it points to, or None."""
        return flag_dispositions()[self.flag] if self.flag else self.own


class Option(_Caring):
    """One answer of a choice: what is kept, and how people say it (its button first)."""

    id: str
    says: tuple[str, ...]
    ages: tuple[int, int] | None = None

    @root_validator(skip_on_failure=True)
    def _has_a_reason(cls, values: dict[str, Any]) -> dict[str, Any]:
        if (values["flag"] or values["own"]) and values["id"] != "not_sure" and not values["reason"]:
            raise ValueError("points to a care, so it needs the reason that the outcome names")
        return values


class Test(_Part):
    """One test of a branch, on the answers so far."""

    of: tuple[str, ...]
    says: tuple[str, ...] = ()
    among: tuple[str, ...] = Field((), alias="is")
    not_among: tuple[str, ...] = Field((), alias="is_not")

    @root_validator(skip_on_failure=True)
    def _tests_one_thing(cls, values: dict[str, Any]) -> dict[str, Any]:
        if sum(bool(values[name]) for name in ("says", "among", "not_among")) != 1:
            raise ValueError("needs one of says, is, is_not")
        return values


class Question(_Part):
    """One question, by the slot that its answer fills."""

    slot: str
    kind: Literal["open", "duration", "severity", "choice"]
    ask_if: tuple[Test, ...] = ()
    ask: str
    again: str
    why: str
    recap: str
    topic: str
    buttons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    sources: tuple[str, ...]

    @validator("options", always=True)
    def _options_fit_the_kind(cls, options: tuple[Option, ...], values: dict[str, Any]) -> tuple[Option, ...]:
        if (values.get("kind") == "choice") != bool(options):
            raise ValueError("a choice needs options, and no other kind has them")
        ids = [option.id for option in options]
        if len(ids) != len(set(ids)):
            raise ValueError(f"two options share an id: {ids}")
        if options and "not_sure" not in ids:
            raise ValueError("a choice needs the option not_sure")
        return options

    @root_validator(skip_on_failure=True)
    def _buttons_fit_the_kind(cls, values: dict[str, Any]) -> dict[str, Any]:
        if bool(values["buttons"]) == bool(values["options"]):
            raise ValueError("needs buttons; a choice has them by its options")
        return values

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of its buttons."""
        return self.buttons or tuple(option.says[0] for option in self.options)

    @property
    def is_for_age(self) -> bool:
        """Whether its options stand for ages, so that any of them is an answer and none is a no."""
        return any(option.ages for option in self.options)

    def option(self, answer: Any) -> Option | None:
        """The option with this id, or None."""
        return next((option for option in self.options if option.id == answer), None)


class Noticed(_Part):
    """What is never asked, but kept where a patient says it."""

    slot: str
    id: str
    says: tuple[str, ...]


class Together(_Caring):
    """Answers that are graver together than each alone."""

    answers: dict[str, str]


class Severe(_Part):
    """From which severity on a clinician should see the patient."""

    least: int = Field(ge=0, le=10, alias="from")
    disposition: Disposition
    reason: str


class Sign(_Part):
    """A sign that the article names, and the words in an answer that fit it."""

    sign: str
    fits: dict[str, tuple[str, ...]] = {}
    sources: tuple[str, ...]


class OtherCauses(_Part):
    """What else causes such pain."""

    words: str
    sources: tuple[str, ...]


class Words(_Part):
    """How the answers are repeated."""

    line: str
    quoted: str
    affirmed: str
    unsure: str
    denied: str
    nothing: str
    signs_fit: str
    signs_differ: str
    signs_unknown: str
    sign: str
    something_else: str
    unsure_reason: str
    changed: str
    reopened: str
    skipped: str
    noted: str
    pick: str
    numbered: str
    numbered_next: str
    kept: str


class Outcome(_Part):
    """What is said at the end for one disposition."""

    disposition: Disposition
    shows: tuple[Literal["summary", "signs", "outcome"], ...]
    finished: str
    stopped: str
    kept: str
    sources: tuple[str, ...]


class Protocol(_Part):
    """The whole of protocol.yml."""

    questions: tuple[Question, ...]
    noticed: tuple[Noticed, ...] = ()
    together: tuple[Together, ...]
    severe: Severe
    signs: tuple[Sign, ...]
    other_causes: OtherCauses
    words: Words
    outcomes: tuple[Outcome, ...]

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots of the questions, in the order of asking."""
        return tuple(question.slot for question in self.questions)

    @property
    def all_slots(self) -> tuple[str, ...]:
        """The slots of the questions, and of what is noticed."""
        return (*self.slots, *(noticed.slot for noticed in self.noticed))

    @property
    def place(self) -> Question:
        """The question for the place, which is asked first; its words are found in any report of symptoms."""
        return self.questions[0]

    def question(self, slot: str | None) -> Question | None:
        """The question that fills this slot, or None."""
        return next((question for question in self.questions if question.slot == slot), None)

    def outcome(self, disposition: Disposition) -> Outcome:
        """What is said at the end for a disposition."""
        return next(outcome for outcome in self.outcomes if outcome.disposition is disposition)
