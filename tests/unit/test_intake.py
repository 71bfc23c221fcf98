"""What may be taken of a patient, by the way that a message came; and that no form opens past the gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.dialogue.intake import OPENS
from bot.nlu.intake import GIVEN, INTAKE_CONSENT, Intake, intake_of, may_take
from bot.nlu.reading import BOOK, REPORT, Heard, State
from bot.nlu.resolve import resolve
from bot.safety import Disposition
from bot.triage import the_protocol

FORMS = ("triage_form", "booking_form")
RULES = [rule for file in Path("data/stories").glob("*.yml") for rule in yaml.safe_load(file.read_text())["rules"]]
TELLS = "my low back hurts for 3 weeks, 9/10"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["rule"])
def test_whatever_opens_a_form_goes_through_the_gate(rule: dict[str, Any]) -> None:
    opened = [step["action"] for step in rule["steps"] if step.get("action") in FORMS]
    if opened and not rule.get("condition"):  # a rule with one is for a form that is open already
        assert OPENS[rule["steps"][0]["intent"]] == opened[0]


@pytest.mark.parametrize(
    ("metadata", "intake"),
    [
        (None, Intake.HERE),
        ({}, Intake.HERE),
        ({"consent": True}, Intake.HERE),
        ({"intake": "here"}, Intake.HERE),
        ({"intake": "with_consent"}, Intake.WITH_CONSENT),
        ({"intake": "elsewhere"}, Intake.ELSEWHERE),
        ({"intake": "Here"}, Intake.ELSEWHERE),
        ({"intake": None}, Intake.ELSEWHERE),
        ({"intake": ["here"]}, Intake.ELSEWHERE),
    ],
)
def test_a_channel_that_tells_nothing_takes_all_and_an_unknown_word_nothing(
    metadata: dict[str, Any] | None, intake: Intake
) -> None:
    assert intake_of(metadata) is intake


@pytest.mark.parametrize("intake", Intake)
@pytest.mark.parametrize("consent", [None, GIVEN, "no"])
def test_a_yes_counts_only_where_it_is_asked_for(intake: Intake, consent: str | None) -> None:
    expected = intake is Intake.HERE or (intake is Intake.WITH_CONSENT and consent == GIVEN)
    assert may_take(intake, {INTAKE_CONSENT: consent}) == expected


@pytest.mark.parametrize("intake", [Intake.ELSEWHERE, Intake.WITH_CONSENT])
@pytest.mark.parametrize(("text", "intent"), [(TELLS, REPORT), ("can i come friday at 3? 973-555-0188", BOOK)])
def test_where_nothing_may_be_taken_a_message_gives_a_care_at_most(intake: Intake, text: str, intent: str) -> None:
    reading = resolve(the_protocol(), Heard(text, ranking=[(intent, 0.97)], intake=intake), State())
    assert reading.intent == intent
    assert reading.values == ({"disposition": Disposition.SEE_CLINICIAN} if text == TELLS else {})


def test_after_the_yes_a_message_gives_what_it_tells() -> None:
    heard = Heard(TELLS, ranking=[(REPORT, 0.97)], intake=Intake.WITH_CONSENT)
    reading = resolve(the_protocol(), heard, State(slots={INTAKE_CONSENT: GIVEN}))
    assert reading.values["pain_duration"] == "for 3 weeks"
