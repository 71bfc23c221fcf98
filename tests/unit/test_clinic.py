"""The clinic's file: what a good one gives, and how a bad one is explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.clinic import ClinicFileError, load_clinic
from bot.nlu.importer import clinic_domain


def a_clinic(tmp_path: Path, **changes: Any) -> Path:
    """A file like the real one, with some keys changed; None takes a key out."""
    content = yaml.safe_load(Path("bot/clinic/clinic.yml").read_text(encoding="utf-8"))
    content = {key: value for key, value in {**content, **changes}.items() if value is not None}
    file = tmp_path / "clinic.yml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


def test_the_clinics_own_file_is_good() -> None:
    clinic = load_clinic()
    assert clinic.phone == "(973) 564-7676"
    assert str(clinic.website) == "https://www.Springfield-Chiropractic.com"


@pytest.mark.parametrize(
    ("changes", "key", "mend"),
    [
        ({"phone": None}, "phone", "as people dial it"),
        ({"phone": "ask Jane"}, "phone", "as people dial it"),
        ({"phone": "12"}, "phone", "as people dial it"),
        ({"website": "springfield"}, "website", "full address"),
        ({"chat": None}, "chat", "page with the chat"),
        ({"chat": "http://www.example.com/#clinic-chat"}, "chat", "page with the chat"),
        ({"time_zone": "Jersey"}, "time_zone", "America/New_York"),
        ({"name": ""}, "name", "the clinic's name"),
        ({"fax": "1"}, "fax", "take this key out"),
        ({"details": {"hours": ""}}, "details.hours", "null where not known"),
        ({"details": {"dogs": "welcome"}}, "details.dogs", "null where not known"),
    ],
)
def test_a_fault_names_file_key_and_mend(tmp_path: Path, changes: dict[str, Any], key: str, mend: str) -> None:
    file = a_clinic(tmp_path, **changes)
    with pytest.raises(ClinicFileError) as error:
        load_clinic(file)
    assert f"{file}: {key}:" in str(error.value)
    assert mend in str(error.value)


@pytest.mark.parametrize("content", ["", "just words", "name: [", "- a\n- b"])
def test_a_file_that_is_no_clinic_is_explained(tmp_path: Path, content: str) -> None:
    file = tmp_path / "clinic.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ClinicFileError, match=r"clinic\.yml"):
        load_clinic(file)


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ClinicFileError, match="Restore the file"):
        load_clinic(tmp_path / "clinic.yml")


def test_details_that_the_clinic_fills_in_reach_the_domain(tmp_path: Path) -> None:
    clinic = load_clinic(a_clinic(tmp_path, details={"hours": "Mon to Fri, 9 to 6", "parking": "behind the house"}))
    slots = clinic_domain(clinic).as_dict()["slots"]
    assert slots["clinic_details"]["initial_value"] == "Hours: Mon to Fri, 9 to 6\nParking: behind the house"
    assert slots["clinic_details_known"]["initial_value"] is True


def test_another_clinics_facts_reach_the_domain(tmp_path: Path) -> None:
    clinic = load_clinic(a_clinic(tmp_path, name="Hillside Chiropractic", phone="(212) 555-0123"))
    slots = clinic_domain(clinic).as_dict()["slots"]
    assert slots["clinic_name"]["initial_value"] == "Hillside Chiropractic"
    assert slots["clinic_phone"]["initial_value"] == "(212) 555-0123"
    assert slots["clinic_phone_link"]["initial_value"] == "tel:+12125550123"
