"""The protocol as data: every path of answers assessed, answers read as people give them, corrections, endings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety import Disposition, gravest
from bot.triage import (
    DOES_NOT_APPLY,
    assess,
    pending_question,
    progress,
    read_answer,
    read_correction,
    settled,
    the_protocol,
    told_answers,
    with_others,
)
from bot.triage.ending import DISCLAIMER, HANDOFF, Ending, last_words
from bot.triage.steering import asks_why, corrected_part, goes_back, says_later
from bot.triage.summary import reasons, signs, summary

PROTOCOL = the_protocol()
CHOICES = [question for question in PROTOCOL.questions if question.kind == "choice"]
OPEN_ANSWERS: dict[str, Any] = {
    "pain_location": "hip",
    "pain_duration": "3 weeks",
    "pain_trigger": "sitting",
    "pain_severity": 5,
    "worse_with": "stairs",
}
HEALTHY = {
    **OPEN_ANSWERS,
    **{question.slot: "no" for question in CHOICES},
    "age_group": "adult",
    "hop": DOES_NOT_APPLY,
}


def paths(answers: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every way through the protocol from these answers on, as a patient walks it: an emergency ends it."""
    question = pending_question(PROTOCOL, answers)
    if question is None or assess(PROTOCOL, answers).disposition is Disposition.EMERGENCY:
        yield answers
        return
    for option in question.options:
        told = {**answers, question.slot: option.id}
        yield from paths({**told, **settled(PROTOCOL, told)})


@pytest.mark.parametrize("trigger", ["sitting", "running"])
def test_every_path_of_answers_ends_with_the_gravest_care_then_disclaimer_then_handoff(trigger: str) -> None:
    number = 0
    for answers in paths({**OPEN_ANSWERS, "pain_trigger": trigger}):
        number += 1
        assessment = assess(PROTOCOL, answers)
        options = [question.option(answers.get(question.slot)) for question in CHOICES]
        alone = gravest([Disposition.ROUTINE, *(option.disposition for option in options if option)])
        together = answers.get("cancer_weight_loss") == "cancer" and answers.get("leg_weakness") == "mild"
        assert assessment.disposition is (Disposition.EMERGENCY if together else alone)
        assert assessment.complete or assessment.disposition is Disposition.EMERGENCY
        assert bool(assessment.reasons) == (assessment.disposition is not Disposition.ROUTINE)
        for ending in Ending:
            words = last_words(PROTOCOL, ending, assessment.disposition)
            assert words[-2:] == (DISCLAIMER, HANDOFF)
            assert len(words) == len(set(words))
    assert number > 5000


@given(st.dictionaries(st.sampled_from(PROTOCOL.all_slots), st.one_of(st.none(), st.integers(0, 10), st.text())))
def test_any_answers_have_an_assessment_and_a_summary(answers: dict[str, Any]) -> None:
    assert assess(PROTOCOL, answers).disposition in Disposition
    assert summary(PROTOCOL, answers)
    assert signs(PROTOCOL, answers)
    assert reasons(PROTOCOL, answers, assess(PROTOCOL, answers).disposition)
    for question in PROTOCOL.questions:
        number, of = progress(PROTOCOL, answers, question.slot)
        assert 1 <= number <= of


@pytest.mark.parametrize("severity", range(11))
def test_only_very_strong_pain_asks_for_a_clinician(severity: int) -> None:
    expected = Disposition.SEE_CLINICIAN if severity >= 9 else Disposition.ROUTINE
    assert assess(PROTOCOL, {"pain_severity": severity}).disposition is expected


def test_a_red_flag_question_answered_not_sure_counts_as_a_maybe_and_the_outcome_says_so() -> None:
    for question in CHOICES:
        answers = {question.slot: "not_sure"}
        if question.slot != "age_group":
            disposition = assess(PROTOCOL, answers).disposition
            assert disposition is not Disposition.ROUTINE, question.slot
            assert f"not sure about {question.topic}" in reasons(PROTOCOL, answers, disposition)


def test_a_runner_is_asked_about_hopping_and_nobody_else() -> None:
    for slot in ("pain_trigger", "worse_with"):
        assert not settled(PROTOCOL, {**OPEN_ANSWERS, slot: "training for a marathon"})
    assert settled(PROTOCOL, OPEN_ANSWERS)["hop"] == DOES_NOT_APPLY


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ({"age_group": "adult"}, True),
        ({"age_group": "child"}, True),
        ({"age_group": "not_sure"}, True),
        ({"age_group": "senior"}, False),
        ({"age_group": "older"}, False),
        ({"age_group": "adult", "sex": "male"}, False),
    ],
)
def test_pregnancy_is_asked_only_where_it_applies(told: dict[str, str], asked: bool) -> None:
    assert (settled(PROTOCOL, told).get("pregnancy") != DOES_NOT_APPLY) is asked


def test_a_corrected_answer_opens_the_branch_again() -> None:
    closed = {"age_group": "adult", "sex": None, "pregnancy": DOES_NOT_APPLY}
    assert settled(PROTOCOL, closed)["pregnancy"] is None


def test_a_branch_never_puts_an_answer_aside_that_tells_a_sign() -> None:
    told = {**OPEN_ANSWERS, "hop": "no", "age_group": "senior", "pregnancy": "alarm"}
    assert not {"hop", "pregnancy"} & set(settled(PROTOCOL, told))


def test_an_answer_that_is_asked_again_keeps_its_care_until_it_is_answered() -> None:
    reopened = {"fever_unwell": None, "reopened": {"fever_unwell": "yes"}}
    assert assess(PROTOCOL, reopened).disposition is Disposition.URGENT_SAME_DAY
    assert assess(PROTOCOL, {**reopened, "fever_unwell": "no"}).disposition is Disposition.ROUTINE


def test_the_reasons_are_those_of_the_care_that_is_said() -> None:
    assert reasons(PROTOCOL, {"pain_severity": 9}, Disposition.SEE_CLINICIAN) == "very strong pain"
    assert reasons(PROTOCOL, {"pain_severity": 9}, Disposition.URGENT_SAME_DAY) == PROTOCOL.words.something_else


def test_the_bladder_question_asks_both_ways() -> None:
    question = PROTOCOL.question("bladder_bowel")
    assert question
    assert "leak" in question.ask
    assert "not being able to go" in question.ask


def test_the_number_of_a_question_counts_those_that_are_asked() -> None:
    assert progress(PROTOCOL, {}, "pain_severity") == (4, 13)
    assert progress(PROTOCOL, {**OPEN_ANSWERS, "pain_trigger": "running"}, "hop") == (7, 14)
    assert progress(PROTOCOL, {"age_group": "senior"}, "cancer_weight_loss") == (12, 12)


def test_the_summary_tells_what_was_said_affirmed_unsure_and_denied() -> None:
    told = summary(PROTOCOL, {**HEALTHY, "pain_location": "deep in my right groin", "fever_unwell": "not_sure",
                              "leg_weakness": "mild"})  # fmt: skip
    assert "Where it hurts: “deep in my right groin”" in told
    assert "Yes: a leg that is a little weak" in told
    assert "Not sure: a fever or feeling unwell" in told
    assert "No: a change with your bladder or bowels" in told
    assert DOES_NOT_APPLY not in told


def test_the_signs_say_which_fit_which_do_not_and_which_are_not_known() -> None:
    fit, differ = signs(PROTOCOL, {"pain_location": "right groin", "worse_with": "not when standing"}).split(
        "These do not:"
    )
    assert "groin" in fit
    assert "low back" in differ
    assert "stand, walk" in differ.split("I did not ask")[0]
    assert "tight hips" in differ.split("I did not ask")[1]


def test_signs_of_answers_that_are_not_sure_are_not_known() -> None:
    assert "These do not" not in signs(PROTOCOL, {"pain_location": "not sure", "worse_with": "no idea"})


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
        ("cancer_weight_loss", "yes", "cancer"),
        ("cancer_weight_loss", "i lost weight", "weight_loss"),
        ("age_group", "45", "adult"),
        ("age_group", "i'm sixteen", "child"),
        ("age_group", "67 years young", "senior"),
        ("age_group", "sixty one", "older"),
        ("age_group", "early 40s", "adult"),
        ("age_group", "rather not say", "not_sure"),
        ("age_group", "no", None),
        ("age_group", "5 months", None),
        ("hop", "no", "no"),
        ("hop", "yes easily", "yes"),
        ("hop", "no problem", "yes"),
        ("hop", "it hurts too much", "no"),
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
    told = told_answers(PROTOCOL, "my right groin hurts for 3 weeks, about a 7 out of 10")
    assert told == {"pain_location": "right groin", "pain_duration": "for 3 weeks", "pain_severity": 7}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("low back 3 weeks 7/10", {"pain_location": "low back", "pain_duration": "3 weeks", "pain_severity": 7}),
        ("groin, 3 weeks, about a 7", {"pain_location": "groin", "pain_duration": "3 weeks", "pain_severity": 7}),
        (
            "im a 45 year old man, low back pain since tuesday after lifting a couch",
            {"sex": "male", "age_group": "adult", "pain_location": "low back", "pain_duration": "since tuesday",
             "pain_trigger": "lifting a couch"},
        ),
        ("my hip hurts when i get up from a chair", {"pain_location": "hip", "worse_with": "i get up from a chair"}),
        ("i'm 20 weeks pregnant", {"pain_duration": "20 weeks"}),
        ("what stretches are there", {}),
        ("my 65 year old mother has the same", {}),
        ("i am 90 percent sure", {}),
        ("i'm a 7 right now", {}),
        ("i was lifting my 3 year old", {}),
        ("i'm 5 feet tall", {}),
        ("my husband has prostate cancer", {}),
        ("no, i'm not a man", {}),
        ("my dad is a 60 year old man", {}),
        ("9 out of 10 times when i sit", {}),
        ("two legs, one", {}),
        ("i'm 60 years old and my hip hurts", {"age_group": "older", "pain_location": "hip"}),
    ],
)  # fmt: skip
def test_a_message_tells_several_answers(text: str, told: dict[str, Any]) -> None:
    assert told_answers(PROTOCOL, text) == told


def test_a_red_flag_that_is_told_is_not_asked_again() -> None:
    assert told_answers(PROTOCOL, "i have a fever", ["fever"]) == {"fever_unwell": "yes"}


def test_what_is_left_of_a_message_answers_the_open_question() -> None:
    worse = PROTOCOL.question("worse_with")
    assert worse
    for text, parted in (
        ("sitting, and i'm 42", {"worse_with": "sitting", "age_group": "adult"}),
        ("about a 7", {}),
    ):
        assert with_others(PROTOCOL, worse, text, told_answers(PROTOCOL, text), {}) == parted


ANSWERED = {**OPEN_ANSWERS, "pain_location": "right groin", "pain_duration": "3 days", "pain_severity": 7,
            "age_group": "adult", "hop": DOES_NOT_APPLY, "bladder_bowel": "no", "saddle_numbness": "not_sure",
            "leg_weakness": "mild"}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("actually it's the left side", ("pain_location", "left groin")),
        ("it's not the groin but the hip", ("pain_location", "hip")),
        ("i meant 5", ("pain_severity", 5)),
        ("*5", ("pain_severity", 5)),
        ("make that a 6", ("pain_severity", 6)),
        ("sorry, 3 weeks not 3 days", ("pain_duration", "3 weeks")),
        ("actually i'm 62", ("age_group", "older")),
        ("actually it was from lifting a couch", ("pain_trigger", "lifting a couch")),
        ("on second thought walking makes it worse", ("worse_with", "walking")),
        ("go back", ("leg_weakness", None)),
        ("oops, wrong button", ("leg_weakness", None)),
        ("i meant yes", ("leg_weakness", "yes")),
        ("i meant no", ("leg_weakness", None)),  # never milder by a few words: it is asked again
        ("actually no fever", None),  # the answer to the question that waits
        ("no", None),
        ("3 weeks", None),
    ],
)
def test_a_correction_is_read_with_what_it_corrects(text: str, corrected: tuple[str, Any] | None) -> None:
    assert read_correction(PROTOCOL, ANSWERED, "fever_unwell", text) == corrected


@pytest.mark.parametrize(
    ("pending", "text"),
    [
        ("pain_trigger", "actually i fell last week"),
        ("worse_with", "actually when i sit for 2 hours"),
        ("pregnancy", "no i'm not pregnant"),
    ],
)
def test_an_answer_to_the_pending_question_corrects_nothing(pending: str, text: str) -> None:
    assert read_correction(PROTOCOL, {**ANSWERED, "cancer_weight_loss": "no"}, pending, text) is None


def test_nothing_is_corrected_before_the_first_answer() -> None:
    assert read_correction(PROTOCOL, {}, "pain_location", "go back") is None


@pytest.mark.parametrize(
    "text",
    [
        "why do you ask?",
        "why",
        "what does my bladder have to do with my hip",
        "how is that relevant?",
        "why do you need my age",
    ],
)
def test_a_question_for_the_reason_is_known(text: str) -> None:
    assert asks_why(text)


@pytest.mark.parametrize("text", ["why is it often missed", "why chiropractic", "why does my hip hurt", "no"])
def test_another_question_is_no_question_for_the_reason(text: str) -> None:
    assert not asks_why(text)


@pytest.mark.parametrize(
    "text",
    [
        "later",
        "i'll finish this later",
        "have to run, will finish this tonight",
        "brb",
        "kids are up, will finish later",
    ],
)
def test_a_wish_to_go_on_later_is_known(text: str) -> None:
    assert says_later(text)


@pytest.mark.parametrize("text", ["later in the day it hurts", "it gets worse later", "back", "not now"])
def test_other_words_put_nothing_off(text: str) -> None:
    assert not says_later(text)


def test_going_back_is_no_place_in_the_body() -> None:
    assert goes_back("sorry, go back one")
    assert not goes_back("my back")


@given(st.text())
def test_no_text_breaks_the_reading_of_an_answer(text: str) -> None:
    told_answers(PROTOCOL, text)
    corrected_part(text)
    for question in PROTOCOL.questions:
        read_answer(question, text)
        with_others(PROTOCOL, question, text, told_answers(PROTOCOL, text), {})
        read_correction(PROTOCOL, ANSWERED, question.slot, text)
