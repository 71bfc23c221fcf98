"""Brings the clinic's facts into the domain at training, so that responses can say `{clinic_phone}`."""

from __future__ import annotations

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter

from bot.clinic import Clinic, load_clinic


class ClinicFactsImporter(RasaFileImporter):
    """Rasa's own file importer, and a slot for each fact of clinic.yml with the fact as its value.

    The trained model so holds everything that it says: it needs no clinic.yml when it runs.
    """

    def get_domain(self) -> Domain:
        """The domain of domain.yml with the clinic's facts as slots."""
        return super().get_domain().merge(clinic_domain(load_clinic()))


def clinic_domain(clinic: Clinic) -> Domain:
    """The clinic's facts as a domain of slots that nothing said can fill.

    Args:
        clinic: The clinic.

    Returns:
        A domain with the slots `clinic_name`, `clinic_doctor`, `clinic_address`, `clinic_phone`,
        `clinic_website`, `clinic_details` (lines of text) and `clinic_details_known` (a bool).
    """
    details = clinic.details.known()
    facts: dict[str, str | bool] = {
        "clinic_name": clinic.name,
        "clinic_doctor": clinic.doctor,
        "clinic_address": clinic.address,
        "clinic_phone": clinic.phone,
        "clinic_website": str(clinic.website),
        "clinic_details": "\n".join(details),
        "clinic_details_known": bool(details),
    }
    return Domain.from_dict({"slots": {name: _fact_slot(value) for name, value in facts.items()}})


def _fact_slot(value: str | bool) -> dict[str, object]:
    return {
        "type": "bool" if isinstance(value, bool) else "text",
        "initial_value": value,
        "influence_conversation": False,
        "mappings": [{"type": "custom"}],
    }
