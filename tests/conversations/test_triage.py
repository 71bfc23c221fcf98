"""Triage: how it starts, what its answers lead to, and that it always ends with disclaimer, then handoff."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.agent import Agent

from bot.triage import the_protocol
from tests.driver import ENDING, Conversation, healthy_triage

NO_FLAG = tuple(healthy_triage())
PLACE = {slot: number for number, slot in enumerate(the_protocol().slots)}


def answers_with(**changed: str) -> list[str]:
    """The healthy answers with others in their places."""
    answers = list(NO_FLAG)
    for slot, title in changed.items():
        answers[PLACE[slot]] = title
    return answers


@pytest.mark.parametrize(
    "opener", ["my back hurts", "do i have psoas syndrome?", "/report_symptoms", "/ask_do_i_have_it"]
)
def test_a_report_a_wish_for_a_verdict_or_a_button_starts_triage(chat: Conversation, opener: str) -> None:
    chat.say("hi").say(opener)
    assert chat.form == "triage_form"


def test_answers_without_a_flag_end_in_routine_care(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG)
    assert chat.responses == ["utter_triage_summary", "utter_triage_outcome", *ENDING]
    assert chat.slot("disposition") == "routine"
    assert "Ask for a visit" in chat.buttons
    assert chat.form is None


@pytest.mark.parametrize(
    ("changed", "disposition", "words"),
    [
        ({"fever_unwell": "Yes, fever or chills"}, "urgent_same_day", "today"),
        ({"leg_weakness": "A little, one leg, not new"}, "urgent_same_day", "today"),
        ({"bladder_bowel": "Not sure"}, "urgent_same_day", "today"),
        ({"cancer_weight_loss": "Yes, one of these"}, "see_clinician", "physician"),
        ({"pregnancy": "Yes or maybe, no bleeding"}, "see_clinician", "physician"),
        ({"pain_severity": "9: very strong"}, "see_clinician", "physician"),
    ],
)
def test_an_answer_that_needs_care_is_said_at_the_end(
    chat: Conversation, changed: dict[str, str], disposition: str, words: str
) -> None:
    chat.say("/report_symptoms").press(*answers_with(**changed))
    assert chat.responses == ["utter_triage_summary", "utter_triage_outcome", *ENDING]
    assert chat.slot("disposition") == disposition
    assert words in chat.texts[1]


@pytest.mark.parametrize(
    ("slot", "title"),
    [
        ("bladder_bowel", "Yes, there is a change"),
        ("saddle_numbness", "Yes, numb or different"),
        ("leg_weakness", "Yes: new, worse or both legs"),
        ("fever_unwell", "I feel very unwell or confused"),
        ("serious_accident", "Yes, a serious accident"),
        ("pregnancy", "Yes, with bleeding or bad pain"),
    ],
)
def test_an_emergency_answer_stops_triage_at_once(chat: Conversation, slot: str, title: str) -> None:
    chat.say("/report_symptoms").press(*answers_with(**{slot: title})[: PLACE[slot] + 1])
    assert chat.responses == ["utter_emergency", *ENDING]
    assert chat.slot("disposition") == "emergency"
    assert chat.buttons == {}
    assert "454 Morris" in chat.texts[-1]
    assert chat.form is None


def test_cancer_with_a_weak_leg_is_an_emergency_though_neither_is_alone(chat: Conversation) -> None:
    answers = answers_with(leg_weakness="A little, one leg, not new", cancer_weight_loss="Yes, one of these")
    chat.say("/report_symptoms").press(*answers[: PLACE["cancer_weight_loss"] + 1])
    assert chat.responses == ["utter_emergency", *ENDING]


def test_what_was_told_at_the_start_is_not_asked_again(chat: Conversation) -> None:
    chat.say("my right groin hurts for 3 weeks, about a 7 out of 10")
    assert (chat.slot("pain_location"), chat.slot("pain_duration"), chat.slot("pain_severity")) == (
        "right groin",
        "for 3 weeks",
        7,
    )
    assert chat.responses[-1] == "utter_ask_triage_form_pain_trigger"


def test_the_summary_repeats_what_the_patient_said(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:2]).say("my new office chair").press(*NO_FLAG[3:])
    assert "my new office chair" in chat.texts[0]


def test_a_second_triage_asks_anew_and_keeps_the_graver_disposition(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*answers_with(fever_unwell="Yes, fever or chills"))
    chat.say("/report_symptoms")
    assert chat.responses[-1] == "utter_ask_triage_form_pain_location"
    chat.press(*NO_FLAG)
    assert chat.slot("disposition") == "urgent_same_day"
    assert chat.responses[-2:] == ENDING


def test_unclear_answers_do_not_go_on_for_ever(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:5])
    for _ in range(2):
        chat.say("purple monkey")
        assert chat.responses == ["utter_answer_unclear", "utter_ask_triage_form_bladder_bowel"]
    chat.say("purple monkey")
    assert chat.slot("bladder_bowel") == "not_sure"
    assert chat.slot("disposition") == "urgent_same_day"


@pytest.mark.parametrize("message", ["stop", "no more questions please stop", "start over", "goodbye"])
def test_leaving_triage_ends_with_disclaimer_and_handoff(chat: Conversation, message: str) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:3]).say(message)
    assert chat.responses[-2:] == ENDING
    assert chat.form is None


def test_a_stop_says_what_the_answers_so_far_ask_for(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:5]).press("Not sure").say("stop")
    assert chat.responses == ["utter_triage_stopped", *ENDING]
    assert "today" in chat.texts[0]


def test_after_a_stop_triage_asks_anew(chat: Conversation) -> None:
    chat.say("my back hurts for 3 weeks").say("stop", "/report_symptoms")
    assert chat.responses[-1] == "utter_ask_triage_form_pain_location"


def test_a_finding_outside_a_form_is_told_at_once(chat: Conversation) -> None:
    chat.say("hi", "what stretches help? i have a fever")
    assert chat.responses == ["utter_urgent_same_day", *ENDING]
    assert chat.slot("disposition") == "urgent_same_day"


@pytest.mark.parametrize("words", ["i dont feel when i need to go", "it doesn't feel right"])
def test_a_no_that_is_not_plain_never_ends_as_routine(chat: Conversation, words: str) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:5]).say(words)
    assert chat.responses[0] in ("utter_answer_unclear", "utter_emergency")


WORDS = ["hi", "what causes it?", "stairs", "purple monkey", "no", "yes", "6", "3 weeks", "repeat", "not sure", "???"]
FLAGS = ["now i cant feel my legs", "i want to kill myself"]
LEAVING = ["stop", "start over"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.sampled_from(WORDS + FLAGS + LEAVING), min_size=1, max_size=40))
def test_triage_ends_with_disclaimer_and_handoff_on_any_path(agent: Agent, turns: list[str]) -> None:
    chat = Conversation(agent).say("/report_symptoms")
    for turn in itertools.takewhile(lambda _: chat.form == "triage_form", [*turns, "stop"]):
        chat.say(turn)
        assert chat.responses, f"no reply to {turn!r}"
    assert chat.responses[-2:] == ENDING
