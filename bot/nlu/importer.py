"""Brings the clinic's facts into the domain at training, and the wordings of red flags into the training data."""

from __future__ import annotations

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.clinic import Clinic, load_clinic
from bot.nlu.red_flags import RED_FLAG
from bot.safety.likeness import wordings


class ProjectImporter(RasaFileImporter):
    """Rasa's own file importer, and what the project keeps in files of its own.

    A slot for each fact of clinic.yml with the fact as its value, so that responses can say `{clinic_phone}` and the
    trained model needs no clinic.yml when it runs. An example without an intent for each wording of a red flag.
    """

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples of data/nlu and the wordings of red flags."""
        examples = [Message({TEXT: text, RED_FLAG: label}) for text, label in wordings()]
        return super().get_nlu_data(language).merge(TrainingData(examples))

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
