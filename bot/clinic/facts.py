"""Reads and checks clinic.yml: who the clinic is and what it has told the assistant about itself."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
import yaml
from pydantic import BaseModel, ConstrainedStr, Extra, HttpUrl, ValidationError, validator

CLINIC_FILE = Path(__file__).with_name("clinic.yml")

_MENDS = {
    "name": "write the clinic's name",
    "doctor": "write the doctor's name as patients know it",
    "address": "write street, town, state and zip code in one line",
    "phone": "write the office's number as people dial it, such as (973) 564-7676",
    "website": "write the full address, such as https://www.example.com",
    "chat": "write the full address of the page with the chat, such as https://www.example.com/#clinic-chat",
    "time_zone": "write an IANA zone, such as America/New_York",
    "details": "keep hours, prices, insurance, parking and languages; null where not known",
}


class ClinicFileError(ValueError):
    """The clinic's file cannot be used. The message names file, key and mend."""


class Words(ConstrainedStr):
    """A text that says something."""

    min_length = 1


class SecureUrl(HttpUrl):
    """An address that is reached encrypted."""

    allowed_schemes = {"https"}


class Details(BaseModel, extra=Extra.forbid):
    """What the article does not say. A None is a thing that the assistant does not know."""

    hours: Words | None = None
    prices: Words | None = None
    insurance: Words | None = None
    parking: Words | None = None
    languages: Words | None = None

    def known(self) -> list[str]:
        """One line for each detail that the clinic has filled in, such as `Hours: Mon-Fri 9-6`."""
        return [f"{key.capitalize()}: {value}" for key, value in self.dict().items() if value]


class Clinic(BaseModel, extra=Extra.forbid):
    """The clinic as clinic.yml describes it. `phone` is kept as the clinic writes it."""

    name: Words
    doctor: Words
    address: Words
    phone: str
    website: HttpUrl
    chat: SecureUrl
    time_zone: str
    details: Details

    def now(self) -> datetime:
        """This moment, by the clinic's clock."""
        return datetime.now(ZoneInfo(self.time_zone))

    @property
    def phone_link(self) -> str:
        """The phone number as a link dials it, such as `tel:+19735647676`."""
        number = phonenumbers.parse(self.phone, "US")
        return "tel:" + phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    @validator("phone")
    def _phone_can_be_dialled(cls, value: str) -> str:
        try:
            number = phonenumbers.parse(value, "US")
        except phonenumbers.NumberParseException as error:
            raise ValueError(str(error)) from error
        if not phonenumbers.is_possible_number(number):
            raise ValueError("not a number that can be dialled")
        return value

    @validator("time_zone")
    def _time_zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone is called {value!r}") from error
        return value


def load_clinic(path: Path = CLINIC_FILE) -> Clinic:
    """Reads the clinic's file.

    Args:
        path: The file; the clinic's own by default.

    Returns:
        The clinic.

    Raises:
        ClinicFileError: The file is missing, is not YAML, or a key is missing, unknown or wrong.
    """
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ClinicFileError(f"{path}: cannot be read ({error.strerror}). Restore the file.") from error
    except yaml.YAMLError as error:
        raise ClinicFileError(f"{path}: is not valid YAML. Mend it: {error}") from error
    if not isinstance(content, dict):
        raise ClinicFileError(f"{path}: is empty or not a list of `key: value` lines. Restore it.")
    try:
        return Clinic(**content)
    except ValidationError as error:
        raise ClinicFileError("\n".join(_complaints(path, error))) from error


@lru_cache(maxsize=1)
def the_clinic() -> Clinic:
    """The clinic of this installation, read once."""
    return load_clinic()


def _complaints(path: Path, error: ValidationError) -> list[str]:
    """One line a fault: file, key, what is wrong, what to do."""
    lines = []
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"])
        mend = _MENDS.get(str(fault["loc"][0]), "take this key out, or correct its spelling")
        lines.append(f"{path}: {key}: {fault['msg']}. To mend it, {mend}.")
    return lines
