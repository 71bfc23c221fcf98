"""The protocol as data: checked when read, and assessed for every combination of answers."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.safety import Disposition, gravest
from bot.triage import assess, load_protocol, read_answer, the_protocol, volunteered_answers
from bot.triage.protocol import PROTOCOL_FILE

PROTOCOL = the_protocol()
CHOICES = [question for question in PROTOCOL.questions if question.kind == "choice"]
OPEN_ANSWERS = {"pain_location": "hip", "pain_duration": "3 weeks", "pain_trigger": "sitting", "worse_with": "stairs"}


def test_every_combination_of_answers_has_the_gravest_of_its_dispositions() -> None:
    options = [question.options for question in CHOICES]
    for chosen in itertools.product(*options):
        answers: dict[str, Any] = {q.slot: option.id for q, option in zip(CHOICES, chosen, strict=True)}
        answers |= {**OPEN_ANSWERS, "pain_severity": 5}
        alone = gravest([Disposition.ROUTINE, *(option.disposition for option in chosen)])
        together = answers["cancer_weight_loss"] == "yes" and answers["leg_weakness"] == "mild"
        expected = Disposition.EMERGENCY if together else alone
        assessment = assess(PROTOCOL, answers)
        assert assessment.disposition is expected
        assert assessment.complete


@given(st.dictionaries(st.sampled_from(PROTOCOL.slots), st.one_of(st.none(), st.integers(0, 10), st.text())))
def test_any_answers_have_an_assessment(answers: dict[str, Any]) -> None:
    assert assess(PROTOCOL, answers).disposition in Disposition


@pytest.mark.parametrize("severity", range(11))
def test_only_very_strong_pain_asks_for_a_clinician(severity: int) -> None:
    expected = Disposition.SEE_CLINICIAN if severity >= 9 else Disposition.ROUTINE
    assert assess(PROTOCOL, {"pain_severity": severity}).disposition is expected


def test_a_red_flag_question_answered_not_sure_counts_as_a_maybe() -> None:
    for question in CHOICES:
        assert assess(PROTOCOL, {question.slot: "not_sure"}).disposition is not Disposition.ROUTINE, question.slot


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"kind": "guess"}, "kind"),
        ({"kind": "open"}, "options"),
        ({"options": []}, "options"),
        ({"options": [{"id": "no", "says": ["No"]}]}, "not_sure"),
        ({"options": [{"id": "not_sure", "says": []}]}, "says"),
        ({"options": [{"id": "not_sure", "says": ["?"], "disposition": "doom"}]}, "disposition"),
        ({"options": [{"id": "not_sure", "says": ["?"]}, {"id": "not_sure", "says": ["?"]}]}, "share an id"),
        ({"slot": "renamed"}, "together"),
    ],
)
def test_a_faulty_protocol_is_refused_and_explained(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    content = yaml.safe_load(PROTOCOL_FILE.read_text(encoding="utf-8"))
    question = next(one for one in content["questions"] if one["slot"] == "cancer_weight_loss")
    question.update(change)
    file = tmp_path / "protocol.yml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        load_protocol(file)


@pytest.mark.parametrize(
    ("slot", "text", "answer"),
    [
        ("bladder_bowel", "no", "no"),
        ("bladder_bowel", "Nope, all good", "no"),
        ("bladder_bowel", "yes since monday", "yes"),
        ("bladder_bowel", "not sure", "not_sure"),
        ("bladder_bowel", "no idea", "not_sure"),
        ("bladder_bowel", "no but sometimes i leak", "yes"),
        ("bladder_bowel", "i don't understand", None),
        ("bladder_bowel", "never mind", None),
        ("bladder_bowel", "i have a dog", None),
        ("bladder_bowel", "what does that mean", None),
        ("bladder_bowel", "no control at all", "yes"),
        ("bladder_bowel", "i dont feel when i need to go", None),
        ("bladder_bowel", "no pee since yesterday", None),
        ("bladder_bowel", "it doesn't feel right", None),
        ("bladder_bowel", "no change i still leak", "yes"),
        ("bladder_bowel", "none of your business", None),
        ("bladder_bowel", "yes everything is normal", None),
        ("bladder_bowel", "absolutely not", "no"),
        ("bladder_bowel", "yes, no change", None),
        ("bladder_bowel", "no sé", None),
        ("bladder_bowel", "no hablo ingles", None),
        ("bladder_bowel", "no, nothing like that", "no"),
        ("bladder_bowel", "i haven't had any changes", "no"),
        ("bladder_bowel", "can't hold it", "yes"),
        ("saddle_numbness", "no feeling there", "yes"),
        ("saddle_numbness", "nothing, i feel nothing", "yes"),
        ("saddle_numbness", "it doesn't feel the same", None),
        ("saddle_numbness", "yes it feels normal", None),
        ("saddle_numbness", "i don't feel numb", "no"),
        ("leg_weakness", "neither leg works", None),
        ("leg_weakness", "i don't feel my left foot", None),
        ("leg_weakness", "no weakness, both tingle", "yes"),
        ("leg_weakness", "both legs are fine", None),
        ("leg_weakness", "yes, one leg", "mild"),
        ("leg_weakness", "not sure, both legs", "yes"),
        ("leg_weakness", "both legs", "yes"),
        ("leg_weakness", "a little", "mild"),
        ("fever_unwell", "i have a fever", "yes"),
        ("fever_unwell", "i dont have a fever", "no"),
        ("fever_unwell", "i feel fine", "no"),
        ("fever_unwell", "no im good", "no"),
        ("leg_weakness", "nope, i'm fine", "no"),
        ("leg_weakness", "neither leg works but i'm fine", None),
        ("fever_unwell", "i don't feel well", None),
        ("fever_unwell", "no fever, very unwell", "very_unwell"),
        ("fever_unwell", "yes, confused, no fever", "very_unwell"),
        ("fever_unwell", "no fever or chills", "no"),
        ("fever_unwell", "no, 38.5", None),
        ("serious_accident", "no i am over 65", None),
        ("cancer_weight_loss", "no cancer, lost 20 pounds", None),
        ("cancer_weight_loss", "no cancer or weight loss", "no"),
        ("pregnancy", "no period for 8 weeks", None),
        ("pregnancy", "yes, bleeding but no pain", "alarm"),
        ("pregnancy", "yes, severe pain but no bleeding", "alarm"),
        ("pain_severity", "worst one i've ever had", None),
        ("pain_severity", "no pain", 0),
        ("cancer_weight_loss", "neither", "no"),
        ("pregnancy", "im a man", "no"),
        ("pregnancy", "might be", "yes"),
        ("pain_severity", "six or seven, it depends", 7),
        ("pain_severity", "7/10", 7),
        ("pain_severity", "7ish", 7),
        ("pain_severity", "like a 7.5", 8),
        ("pain_severity", "11", None),
        ("pain_severity", "for 3 weeks", None),
        ("pain_duration", "since last tuesday", "since last tuesday"),
        ("pain_duration", "couple of months", "couple of months"),
        ("pain_duration", "3 wks", "3 wks"),
        ("pain_duration", "all my life", "all my life"),
        ("pain_duration", "stop", None),
        ("pain_location", "kinda deep in my right groin", "kinda deep in my right groin"),
        ("pain_location", "stretches", None),
        ("worse_with", "i dont know", "i dont know"),
    ],
)
def test_an_answer_is_read_as_people_give_it(slot: str, text: str, answer: Any) -> None:
    question = PROTOCOL.question(slot)
    assert question
    assert read_answer(question, text) == answer


def test_what_a_report_tells_is_found() -> None:
    told = volunteered_answers(PROTOCOL, "my right groin hurts for 3 weeks, about a 7 out of 10")
    assert told == {"pain_location": "right groin", "pain_duration": "for 3 weeks", "pain_severity": 7}


@given(st.text())
def test_no_text_breaks_the_reading_of_an_answer(text: str) -> None:
    volunteered_answers(PROTOCOL, text)
    for question in PROTOCOL.questions:
        read_answer(question, text)
