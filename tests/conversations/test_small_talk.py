"""The opening line, the FAQ, small talk and steering."""

from __future__ import annotations

import pytest
from rasa.core.agent import Agent

from tests.driver import Conversation

TOPICS = {
    "what is the psoas muscle": "ask_what_is_psoas",
    "what is psoas syndrome": "ask_what_is_psoas_syndrome",
    "what causes psoas syndrome": "ask_causes",
    "what are the signs of psoas syndrome": "ask_signs",
    "how is psoas syndrome diagnosed": "ask_diagnosis",
    "why is it so often misdiagnosed": "ask_misdiagnosis",
    "can a chiropractor help with psoas syndrome": "ask_chiropractor_help",
    "how is psoas syndrome treated": "ask_treatment",
    "what is a spinal adjustment": "ask_spinal_adjustments",
    "what is myofascial release": "ask_myofascial_release",
    "which exercises should i do for my core": "ask_exercises",
    "does my posture at the desk matter": "ask_posture",
    "how long does recovery take": "ask_recovery_time",
    "which stretches help the psoas": "ask_stretches",
    "why chiropractic instead of pills": "ask_why_chiropractic",
    "where is your office": "ask_location_contact",
    "do you take my insurance": "ask_practice_details",
    "should i take ibuprofen": "ask_medication_or_other_advice",
    "i want to talk to a real person": "ask_human",
    "what's the weather like tomorrow": "out_of_scope",
    "are you a robot": "bot_challenge",
    "what can you do": "ask_capabilities",
    "thank you so much": "thank",
    "you are useless": "complain",
}


@pytest.mark.parametrize(("words", "intent"), TOPICS.items())
def test_a_question_gets_its_answer_and_a_way_on(chat: Conversation, words: str, intent: str) -> None:
    chat.say("hi", words)
    assert chat.responses == [f"utter_{intent}"]
    assert len(chat.buttons) >= 2


@pytest.mark.parametrize("first", ["hello", "what is psoas syndrome", "my hip hurts", "book me in", "tell me a joke"])
def test_the_first_words_are_the_opening_line(chat: Conversation, first: str) -> None:
    chat.say(first)
    assert "computer assistant" in chat.texts[0]
    assert "not diagnose" in chat.texts[0]
    assert "911" in chat.texts[0]


def test_the_opening_line_is_not_said_twice(chat: Conversation) -> None:
    chat.say("what is psoas syndrome", "what causes it")
    assert chat.responses == ["utter_ask_causes"]


def test_what_the_clinic_has_not_told_is_not_known(chat: Conversation) -> None:
    chat.say("hi", "what are your hours")
    assert "do not know" in chat.texts[0]
    assert "(973) 564-7676" in chat.texts[0]


def test_repeat_says_the_last_answer_again(chat: Conversation) -> None:
    chat.say("hi", "what causes it", "can you say that again")
    assert chat.responses == ["utter_ask_causes"]


def test_nothing_is_answered_with_silence(chat: Conversation) -> None:
    for words in [
        "asdf qwer",
        "...",
        "🙂",
        "/inform",
        "/answer_unclear",
        "/change_answer",
        "/unknown_intent",
        "ß" * 900,
    ]:
        chat.say(words)
        assert chat.responses, f"no reply to {words!r}"


def test_two_questions_in_one_message_are_both_answered_with_one_set_of_buttons(chat: Conversation) -> None:
    chat.say("hi", "what causes psoas syndrome and which stretches help?")
    assert chat.responses == ["utter_ask_causes", "utter_ask_stretches"]
    first, last = chat.messages
    assert not first.get("buttons")
    assert 2 <= len(last["buttons"]) <= 3
    assert "{" not in "".join(chat.texts)


def test_of_three_questions_two_are_answered_and_the_rest_is_offered(chat: Conversation) -> None:
    chat.say("hi", "what causes psoas syndrome? which stretches help? where is your office?")
    assert chat.responses == ["utter_ask_causes", "utter_ask_stretches", "utter_offer_rest"]
    assert list(chat.buttons) == ["Address and phone"]
    assert chat.say("yes").responses == ["utter_ask_location_contact"]


def test_what_leans_on_an_answer_is_read_with_it(chat: Conversation) -> None:
    chat.say("hi", "how is psoas syndrome treated", "and the stretches?")
    assert chat.responses == ["utter_ask_stretches"]
    assert chat.say("how often should i do them").responses == ["utter_ask_beyond_article"]
    chat.say("what causes it", "what about running?")
    assert chat.responses == ["utter_ask_causes"]
    assert chat.say("how long does that take").responses == ["utter_ask_recovery_time"]
    assert chat.say("yes please").responses == ["utter_ask_exercises"]
    assert chat.say("the second one").responses == ["utter_ask_posture"]


def test_two_questions_in_the_middle_of_triage_are_answered_and_triage_goes_on(chat: Conversation) -> None:
    chat.say("/report_symptoms", "what causes psoas syndrome and which stretches help?")
    assert chat.responses == ["utter_ask_causes", "utter_ask_stretches", "utter_ask_triage_form_pain_location"]


def test_no_apology_is_said_twice_in_a_row_and_the_phone_is_offered(chat: Conversation) -> None:
    chat.say("hi")
    said = [chat.say(words).texts[0] for words in ("zxcv qwer", "asdf jklö", "qwer uiop")]
    assert said[0] != said[1] != said[2]
    assert "(973) 564-7676" in said[1]


def test_spanish_gets_an_answer_in_spanish_with_the_numbers_to_call(chat: Conversation) -> None:
    chat.say("no hablo inglés, me duele la espalda")
    assert chat.responses == ["utter_speak_spanish"]
    for number in ("(973) 564-7676", "911", "988"):
        assert number in chat.texts[0]


def test_a_yes_after_the_handoff_starts_booking(chat: Conversation) -> None:
    chat.say("/report_symptoms", "stop", "yes please")
    assert chat.form == "booking_form"


def test_two_patients_do_not_mix(agent: Agent) -> None:
    one, other = Conversation(agent), Conversation(agent)
    one.say("/book_appointment", "Maria Lopez")
    other.say("/book_appointment", "John Smith")
    assert (one.slot("patient_name"), other.slot("patient_name")) == ("Maria Lopez", "John Smith")
