"""Brings the clinic's facts and triage into the domain at training, and the wordings of red flags into the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.clinic import Clinic, load_clinic
from bot.nlu.reading import ASK, TRIAGE_FORM
from bot.nlu.red_flags import DENIED, RED_FLAG
from bot.nlu.triage_answers import TAUGHT_ANSWER
from bot.reading import NOT_SURE
from bot.safety import Disposition
from bot.safety.likeness import wordings
from bot.triage import Protocol, Question, load_protocol, the_protocol
from bot.triage.ending import KEPT_WORDS, OUTCOME_WORDS, STOPPED_WORDS
from bot.triage.protocol import Outcome
from bot.triage.taught import TaughtAnswer, taught_answers


class ProjectImporter(RasaFileImporter):
    """Rasa's own file importer, and what the project keeps in files of its own.

    A slot for each fact of clinic.yml with the fact as its value, so that responses can say `{clinic_phone}` and the
    trained model needs no clinic.yml when it runs. The form, the slots and the words of triage from protocol.yml. An
    example without an intent for each wording of a red flag and for each taught answer of triage.
    """

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples of data/nlu, the wordings of red flags and the taught answers of triage."""
        examples = [Message({TEXT: text, RED_FLAG: label}) for text, label in wordings()]
        examples += [
            Message({TEXT: answer.text, TAUGHT_ANSWER: answer, DENIED: _denies(answer)}) for answer in taught_answers()
        ]
        return super().get_nlu_data(language).merge(TrainingData(examples))

    def get_domain(self) -> Domain:
        """The domain of domain.yml with the clinic's facts and the protocol of triage."""
        return super().get_domain().merge(clinic_domain(load_clinic())).merge(triage_domain(load_protocol()))


def clinic_domain(clinic: Clinic) -> Domain:
    """The clinic's facts as a domain of slots that nothing said can fill.

    Args:
        clinic: The clinic.

    Returns:
        A domain with the slots `clinic_name`, `clinic_doctor`, `clinic_address`, `clinic_phone`,
        `clinic_phone_link`, `clinic_website`, `clinic_chat`, `clinic_details` (lines of text) and
        `clinic_details_known` (a bool).
    """
    details = clinic.details.known()
    facts: dict[str, str | bool] = {
        "clinic_name": clinic.name,
        "clinic_doctor": clinic.doctor,
        "clinic_address": clinic.address,
        "clinic_phone": clinic.phone,
        "clinic_phone_link": clinic.phone_link,
        "clinic_website": str(clinic.website),
        "clinic_chat": str(clinic.chat),
        "clinic_details": "\n".join(details),
        "clinic_details_known": bool(details),
    }
    return Domain.from_dict({"slots": {name: _fact_slot(value) for name, value in facts.items()}})


def triage_domain(protocol: Protocol) -> Domain:
    """The protocol of triage as a domain.

    Args:
        protocol: The reviewed protocol.

    Returns:
        A domain with a slot and an entity for each answer, the form, the response of each question in its three
        wordings (bot/dialogue/facts.py says which), and the words of each ending.
    """
    responses = {f"{ASK}{question.slot}": _asking(protocol, question) for question in protocol.questions}
    responses |= {
        OUTCOME_WORDS: _for_each_care(protocol, lambda outcome: outcome.finished),
        STOPPED_WORDS: _for_each_care(protocol, lambda outcome: outcome.stopped),
        KEPT_WORDS: _for_each_care(protocol, lambda outcome: f"{outcome.kept}\n\n{protocol.words.kept}"),
    }
    return Domain.from_dict(
        {
            "entities": [*protocol.all_slots],
            "slots": {
                slot: {"type": "any", "mappings": [{"type": "from_entity", "entity": slot}]}
                for slot in protocol.all_slots
            },
            "forms": {TRIAGE_FORM: {"required_slots": [*protocol.slots]}},
            "responses": responses,
        }
    )


def _denies(answer: TaughtAnswer) -> bool:
    """Whether a taught answer denies what its question looks for."""
    question = the_protocol().question(answer.slot)
    option = question.option(answer.label) if question else None
    return option is not None and option.disposition is None and option.id != NOT_SURE


def _asking(protocol: Protocol, question: Question) -> list[dict[str, Any]]:
    """The response of a question: as it is asked, in other words, and with the wish for a button."""
    buttons = [{"title": title, "payload": title} for title in question.titles]
    texts = {None: question.ask, "again": question.again, "pick": f"{protocol.words.pick} {question.ask}"}
    return [
        {
            "text": f"{{lead}}{{numbered}} {text}",
            "buttons": buttons,
            **({"condition": [{"type": "slot", "name": "attempt", "value": attempt}]} if attempt else {}),
        }
        for attempt, text in texts.items()
    ]


def _for_each_care(protocol: Protocol, words: Callable[[Outcome], str]) -> list[dict[str, Any]]:
    """A response with a variation for each care, and the one for routine care where no other fits."""
    return [
        {
            "text": words(outcome),
            **(
                {}
                if outcome.disposition is Disposition.ROUTINE
                else {"condition": [{"type": "slot", "name": "disposition", "value": outcome.disposition.value}]}
            ),
        }
        for outcome in protocol.outcomes
    ]


def _fact_slot(value: str | bool) -> dict[str, object]:
    return {
        "type": "bool" if isinstance(value, bool) else "text",
        "initial_value": value,
        "influence_conversation": False,
        "mappings": [{"type": "custom"}],
    }
