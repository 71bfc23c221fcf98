"""The dialogue on Messenger on random paths: nothing is taken where nothing may be, and nothing before a plain yes."""

from __future__ import annotations

import re

from hypothesis import settings
from hypothesis.stateful import invariant
from rasa.core.agent import Agent

from bot.nlu.intake import Intake
from bot.reading import has_denial, says_yes
from tests.conversations.test_any_path import AnyPath, run_dialogues
from tests.driver import ENDING, Conversation, on_messenger

ASKED = ("utter_ask_intake_consent_triage", "utter_ask_intake_consent_booking")
OF_SYMPTOMS = {"utter_triage_elsewhere", "utter_urgent_same_day", "utter_emergency", "utter_crisis"}
OF_A_FORM = ("utter_ask_triage_form", "utter_ask_booking_form")
NOT_TAKEN = ("pain_location", "pain_duration", "pain_severity", "patient_name", "contact", "preferred_time")
OFFERS = re.compile(
    r"pass on a request|[Aa]sk about your symptoms|ask about back|I will ask you|go on with the questions"
)


class Elsewhere(AnyPath):
    """A dialogue in which nothing may be taken."""

    def conversation(self) -> Conversation:
        return on_messenger(self.agent, Intake.ELSEWHERE)

    @invariant()
    def no_form_opens_and_no_question_of_one_is_asked(self) -> None:
        assert self.form is None
        assert not any(name.startswith(OF_A_FORM) for name in self.chat.responses), self.chat.responses

    @invariant()
    def nothing_is_taken(self) -> None:
        assert not [slot for slot in NOT_TAKEN if self.after.get(slot) is not None]

    @invariant()
    def no_words_offer_what_is_not_done_there(self) -> None:
        assert not OFFERS.search(" ".join(self.chat.texts)), self.chat.texts

    @invariant()
    def words_on_symptoms_end_with_disclaimer_and_handoff(self) -> None:
        if OF_SYMPTOMS & {*self.chat.responses}:
            assert self.chat.responses[-2:] == ENDING, self.chat.responses


class WithConsent(AnyPath):
    """A dialogue in which the patient is asked first."""

    def conversation(self) -> Conversation:
        return on_messenger(self.agent, Intake.WITH_CONSENT)

    def say(self, text: str) -> None:
        asked = self.chat.responses[-1:]
        super().say(text)
        if self.after["intake_consent"] is not None and self.before.get("intake_consent") is None:
            assert asked[0] in ASKED
            assert says_yes(text)
            assert not has_denial(text)

    @invariant()
    def nothing_is_asked_or_taken_before_a_yes(self) -> None:
        if self.after.get("intake_consent") is None:
            assert self.form is None
            assert not any(name.startswith(OF_A_FORM) for name in self.chat.responses), self.chat.responses
            assert not [slot for slot in NOT_TAKEN if self.after.get(slot) is not None]


def test_nothing_is_taken_on_any_path_where_nothing_may_be(agent: Agent) -> None:
    Elsewhere.agent = agent
    run_dialogues(Elsewhere, settings().max_examples // 4)


def test_nothing_is_asked_on_any_path_before_a_plain_yes(agent: Agent) -> None:
    WithConsent.agent = agent
    run_dialogues(WithConsent, settings().max_examples // 4)
