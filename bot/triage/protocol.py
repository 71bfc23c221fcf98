"""Reads and checks protocol.yml, the reviewed file of triage questions."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, Extra, Field, root_validator, validator

from bot.safety import Disposition

PROTOCOL_FILE = Path(__file__).with_name("protocol.yml")


class Option(BaseModel, extra=Extra.forbid, frozen=True):
    """One answer of a choice: what is kept, how people say it (its button first), and the care that it points to."""

    id: str
    says: tuple[str, ...]
    disposition: Disposition | None = None
    row: int | None = None

    @validator("says")
    def _somebody_says_it(cls, says: tuple[str, ...]) -> tuple[str, ...]:
        if not says:
            raise ValueError("needs at least the title of its button")
        return says


class Question(BaseModel, extra=Extra.forbid, frozen=True):
    """One question, by the slot that its answer fills."""

    slot: str
    kind: Literal["open", "duration", "severity", "choice"]
    words: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()

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

    def option(self, answer: str | None) -> Option | None:
        """The option with this id, or None."""
        return next((option for option in self.options if option.id == answer), None)


class Together(BaseModel, extra=Extra.forbid, frozen=True):
    """Answers that are graver together than each alone."""

    answers: dict[str, str]
    disposition: Disposition
    row: int


class Protocol(BaseModel, extra=Extra.forbid, frozen=True):
    """The whole of protocol.yml."""

    questions: tuple[Question, ...]
    together: tuple[Together, ...]
    severe_from: int = Field(ge=0, le=10)
    severe_disposition: Disposition

    @root_validator(skip_on_failure=True)
    def _together_names_answers_that_exist(cls, values: dict[str, Any]) -> dict[str, Any]:
        questions = {question.slot: question for question in values["questions"]}
        for rule in values["together"]:
            for slot, answer in rule.answers.items():
                if slot not in questions or questions[slot].option(answer) is None:
                    raise ValueError(f"together: no question {slot!r} with an option {answer!r}")
        return values

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots of the questions, in the order of asking."""
        return tuple(question.slot for question in self.questions)

    def question(self, slot: str | None) -> Question | None:
        """The question that fills this slot, or None."""
        return next((question for question in self.questions if question.slot == slot), None)


def load_protocol(path: Path = PROTOCOL_FILE) -> Protocol:
    """Reads and checks the protocol.

    Raises:
        ValueError: A key is missing, unknown or wrong; the message names it.
    """
    return Protocol(**yaml.safe_load(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def the_protocol() -> Protocol:
    """The reviewed protocol, read once."""
    return load_protocol()
