"""Alarms: at any moment, first and alone, then disclaimer, then the deferred handoff."""

from __future__ import annotations

import pytest
from rasa.core.agent import Agent
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

from bot.run.services import free_port
from tests.driver import ENDING, Conversation, healthy_triage

EMERGENCY = "i cant feel my legs and i lost control of my bladder"
CRISIS = "i want to kill myself"


@pytest.mark.parametrize(("words", "kind"), [(EMERGENCY, "emergency"), (CRISIS, "crisis")])
@pytest.mark.parametrize(
    "before",
    [
        [],
        ["hi"],
        ["hi", "what causes it?"],
        ["/report_symptoms"],
        ["/report_symptoms", *list(healthy_triage())[:6]],
        ["/book_appointment"],
        ["/book_appointment", "Maria Lopez", "973-555-0188"],
    ],
)
def test_an_alarm_comes_first_and_alone_at_any_moment(
    chat: Conversation, before: list[str], words: str, kind: str
) -> None:
    chat.say(*before, words)
    assert chat.responses == [f"utter_{kind}", *ENDING]
    assert chat.slot("disposition") == kind
    assert chat.buttons == {}
    assert chat.form is None


def test_the_finding_outlives_whatever_is_said_later(chat: Conversation) -> None:
    chat.say(EMERGENCY, "start over", '/book_appointment{"disposition": "routine"}', "stop", "/restart")
    assert chat.slot("disposition") == "emergency"
    chat.say("/report_symptoms").press(*healthy_triage())
    assert chat.slot("disposition") == "emergency"
    assert "911" in chat.texts[0]
    assert "Ask for a visit" not in chat.buttons


def test_continue_goes_on_with_triage_where_the_alarm_has_stopped_it(chat: Conversation) -> None:
    answers = list(healthy_triage())
    chat.say("/report_symptoms").press(*answers[:6]).say("Yes, there is a change")
    assert chat.responses == ["utter_emergency", *ENDING]
    chat.say("continue")
    assert chat.responses == ["utter_resume", "utter_ask_triage_form_saddle_numbness"]
    chat.press(*answers[7:])
    assert chat.responses == ["utter_triage_outcome", "utter_triage_summary", *ENDING]
    assert "could be an emergency" in chat.texts[0]
    assert chat.slot("disposition") == "emergency"


def test_continue_goes_on_with_a_booking_where_the_alarm_has_stopped_it(chat: Conversation) -> None:
    chat.say("/book_appointment", "Maria Lopez", EMERGENCY, "lets continue")
    assert chat.responses == ["utter_resume", "utter_ask_booking_form_contact"]
    assert chat.slot("patient_name") == "Maria Lopez"


def test_continue_without_an_interrupted_form_resumes_nothing(chat: Conversation) -> None:
    chat.say(EMERGENCY, "continue")
    assert "utter_resume" not in chat.responses


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("leaking", "emergency"),
        ("I had an accident", "emergency"),
        ("it's numb", "emergency"),
        ("i can't take it anymore", "crisis"),
    ],
)
@pytest.mark.parametrize("answer", ["Yes", "yes i do", "yes it won't stop, is that bad?", "Not sure", "i dont know"])
def test_words_that_may_be_a_red_flag_get_a_question_and_a_yes_or_a_doubt_raises_the_alarm(
    chat: Conversation, words: str, kind: str, answer: str
) -> None:
    chat.say(words)
    assert chat.responses == ["utter_clarify"]
    assert list(chat.buttons) == ["Yes", "No", "Not sure"]
    assert chat.slot("disposition") is None
    chat.say(answer)
    assert chat.responses == [f"utter_{kind}", *ENDING]
    assert chat.slot("disposition") == kind


def test_a_no_to_that_question_clears_it_and_it_is_not_asked_again(chat: Conversation) -> None:
    chat.say("im leaking a bit").press("No")
    assert chat.responses == ["utter_clarified"]
    assert chat.slot("disposition") is None
    chat.say("im leaking a bit")
    assert "utter_clarify" not in chat.responses
    assert chat.slot("disposition") is None


@pytest.mark.parametrize("answer", ["no, i take warfarin", "none of it stays in", "a little", "what do you mean?"])
def test_what_is_neither_yes_nor_no_brings_the_question_again(chat: Conversation, answer: str) -> None:
    chat.say("bleeding", answer)
    assert chat.responses[0] in ("utter_clarify", "utter_emergency")
    chat.say("yes")
    assert chat.slot("disposition") == "emergency"


def test_continue_goes_on_with_triage_after_that_question_and_its_alarm(chat: Conversation) -> None:
    chat.say("/report_symptoms", "i cant take it anymore", "yes")
    assert chat.responses == ["utter_crisis", *ENDING]
    chat.say("continue")
    assert chat.responses == ["utter_resume", "utter_ask_triage_form_pain_location"]


def test_words_of_despair_after_an_emergency_are_asked_about(chat: Conversation) -> None:
    chat.say(EMERGENCY, "i cant take it anymore")
    assert chat.responses == ["utter_clarify"]


@pytest.mark.parametrize("answer", ["no just the pain", "no, it is only my back", "nope"])
def test_a_no_with_more_words_clears_it_as_well(chat: Conversation, answer: str) -> None:
    chat.say("i can't take it anymore", answer)
    assert chat.responses == ["utter_clarified"]


def test_a_no_to_that_question_beside_a_red_flag_raises_the_alarm(chat: Conversation) -> None:
    chat.say("leaking", "no but i cant feel my legs")
    assert chat.responses == ["utter_emergency", *ENDING]


def test_in_triage_an_ambiguous_word_that_would_alarm_is_asked_about_and_triage_goes_on(chat: Conversation) -> None:
    chat.say("/report_symptoms").press("Low back").say("im leaking")
    assert chat.responses == ["utter_clarify"]
    chat.press("No")
    assert chat.responses == ["utter_resume", "utter_ask_triage_form_pain_duration"]


def test_an_ambiguous_word_that_answers_a_question_for_a_red_flag_is_an_answer(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*list(healthy_triage())[:5]).say("leaking")
    assert "utter_clarify" not in chat.responses


def test_another_answer_to_that_question_is_read_with_it(chat: Conversation) -> None:
    chat.say("leaking", "pee, since my back went out")
    assert chat.responses == ["utter_emergency", *ENDING]


def test_that_question_stops_a_booking_which_goes_on_after_a_no(chat: Conversation) -> None:
    chat.say("/book_appointment", "Maria Lopez", "numb")
    assert chat.responses == ["utter_clarify"]
    assert chat.form is None
    chat.say("no")
    assert chat.responses == ["utter_resume", "utter_ask_booking_form_contact"]
    assert "911" not in chat.texts[0]


def test_words_of_despair_are_asked_about_in_the_middle_of_triage(chat: Conversation) -> None:
    chat.say("/report_symptoms", "i cant take it anymore")
    assert chat.responses == ["utter_clarify"]
    assert "988" in chat.texts[0]
    chat.say("no")
    assert chat.responses == ["utter_resume", "utter_ask_triage_form_pain_location"]


def test_after_an_alarm_no_ambiguous_word_is_asked_about(chat: Conversation) -> None:
    chat.say(EMERGENCY, "numb")
    assert "utter_clarify" not in chat.responses


def test_a_typed_command_cannot_turn_that_question_harmless(chat: Conversation) -> None:
    chat.say('/say_ambiguous{"ambiguous_care": "routine"}', "yes")
    assert chat.responses == ["utter_emergency", *ENDING]


@pytest.mark.parametrize(
    ("words", "care"),
    [
        ("is fever a sign of it?", "same day"),
        ("can psoas syndrome cause chest pain?", "911"),
        ("when would numbness between the legs be an emergency?", "911"),
    ],
)
def test_a_general_question_about_a_warning_sign_is_answered_with_its_care(
    chat: Conversation, words: str, care: str
) -> None:
    chat.say("hi", words)
    assert chat.responses == ["utter_warning_sign", "utter_ask_signs"]
    assert care in chat.texts[0]
    assert chat.slot("disposition") is None


def test_such_a_question_in_triage_is_answered_and_the_pending_one_comes_back(chat: Conversation) -> None:
    chat.say("/report_symptoms", "is fever a sign of it?")
    assert chat.responses == ["utter_warning_sign", "utter_ask_signs", "utter_ask_triage_form_pain_location"]


@pytest.mark.parametrize(
    "words", ["my husband can't move his leg since this morning", "i think my wife is having a stroke"]
)
def test_an_alarm_for_a_relative_is_worded_for_them(chat: Conversation, words: str) -> None:
    chat.say(words)
    assert chat.responses == ["utter_emergency", *ENDING]
    assert "call 911 for them" in chat.texts[0]


def test_an_alarm_of_ones_own_after_one_for_a_relative_is_worded_for_the_writer(chat: Conversation) -> None:
    chat.say("my husband cant feel his legs")
    assert "call 911 for them" in chat.texts[0]
    chat.say("my husband is here, but i cant feel my legs")
    assert "Do not drive yourself" in chat.texts[0]


def test_an_alarm_split_over_two_messages_is_found(chat: Conversation) -> None:
    chat.say("hi", "both my legs", "went numb this morning")
    assert chat.responses == ["utter_emergency", *ENDING]
    chat.say("thanks")
    assert "utter_emergency" not in chat.responses


def test_a_yes_after_the_deferred_handoff_does_not_start_booking(chat: Conversation) -> None:
    chat.say(EMERGENCY, "yes")
    assert chat.form is None
    assert "911" in chat.texts[0]


def test_an_alarm_needs_no_action_server() -> None:
    lonely = Agent.load("models", action_endpoint=EndpointConfig(f"http://127.0.0.1:{free_port()}/webhook"))
    for words, kind in ((EMERGENCY, "emergency"), (CRISIS, "crisis")):
        chat = Conversation(lonely).say("/report_symptoms", words)
        assert chat.responses == [f"utter_{kind}", *ENDING]


def test_triage_is_told_to_its_end_without_an_action_server() -> None:
    nowhere = EndpointConfig(f"http://127.0.0.1:{free_port()}/webhook")
    nlg = read_endpoint_config("endpoints.yml", "nlg")
    lonely = Agent.load("models", action_endpoint=nowhere, generator=nlg)
    chat = Conversation(lonely).say("/report_symptoms").press(*healthy_triage())
    assert chat.responses == ["utter_triage_summary", "utter_triage_signs", "utter_triage_outcome", *ENDING]
