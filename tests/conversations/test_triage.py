"""Triage: how it starts, what its answers lead to, and that it always ends with disclaimer, then handoff."""

from __future__ import annotations

import pytest

from bot.triage import the_protocol
from tests.driver import ENDING, Conversation, healthy_triage

NO_FLAG = tuple(healthy_triage())
PLACE = {slot: number for number, slot in enumerate(slot for slot in the_protocol().slots if slot != "hop")}
"""The place of each question among the healthy answers, in which nobody runs."""


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


PLAIN_REPORTS = """
my back hurts
my hip hurts
low back pain
my left hip is killing me when i get up
sore groin since monday
i have some kind of pain
lower back left side 3 weeks 7/10
my tailbone has been hurting after a long drive
"""


@pytest.mark.parametrize("opener", PLAIN_REPORTS.strip().splitlines())
def test_a_plain_report_points_to_no_care_by_itself(chat: Conversation, opener: str) -> None:
    chat.say(opener)
    assert chat.slot("disposition") is None
    assert chat.form == "triage_form"


def test_answers_without_a_flag_end_in_routine_care(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG)
    assert chat.responses == ["utter_triage_summary", "utter_triage_signs", "utter_triage_outcome", *ENDING]
    assert chat.care == "routine"
    assert "Ask for a visit" in chat.buttons
    assert chat.form is None


@pytest.mark.parametrize(
    ("changed", "disposition", "words"),
    [
        ({"fever_unwell": "Yes, fever or chills"}, "urgent_same_day", "today"),
        ({"leg_weakness": "A little, one leg, not new"}, "urgent_same_day", "today"),
        ({"bladder_bowel": "Not sure"}, "urgent_same_day", "today"),
        ({"cancer_weight_loss": "Yes, cancer"}, "see_clinician", "physician"),
        ({"cancer_weight_loss": "Yes, I lost weight"}, "see_clinician", "physician"),
        ({"age_group": "Under 18"}, "see_clinician", "physician"),
        ({"pregnancy": "Yes or maybe, no bleeding"}, "see_clinician", "physician"),
        ({"pain_severity": "9: very strong"}, "see_clinician", "physician"),
    ],
)
def test_an_answer_that_needs_care_is_said_at_the_end(
    chat: Conversation, changed: dict[str, str], disposition: str, words: str
) -> None:
    chat.say("/report_symptoms").press(*answers_with(**changed))
    assert set(chat.responses[:-2]) >= {"utter_triage_summary", "utter_triage_outcome"}
    assert chat.responses[-2:] == ENDING
    assert chat.care == disposition
    assert words in chat.texts[chat.responses.index("utter_triage_outcome")]


def test_care_of_the_same_day_comes_before_the_summary_and_no_signs_are_matched(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*answers_with(fever_unwell="Yes, fever or chills"))
    assert chat.responses == ["utter_triage_outcome", "utter_triage_summary", *ENDING]
    assert "a fever or chills" in chat.texts[0]


def test_a_doubt_is_named_in_the_outcome(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*answers_with(saddle_numbness="Not sure"))
    assert "you were not sure about numbness between your legs" in chat.texts[0]


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
    answers = answers_with(leg_weakness="A little, one leg, not new", cancer_weight_loss="Yes, cancer")
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
    assert chat.care == "urgent_same_day"
    assert chat.responses[-2:] == ENDING


def test_unclear_answers_do_not_go_on_for_ever(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:6])
    question = the_protocol().question("bladder_bowel")
    assert question
    for words in (question.again, the_protocol().words.pick):
        chat.say("purple monkey")
        assert chat.responses == ["utter_answer_unclear", "utter_ask_triage_form_bladder_bowel"]
        assert words in chat.texts[-1]
        assert "Not sure" in chat.buttons
    chat.say("purple monkey")
    assert "not sure" in chat.texts[-1]
    assert chat.slot("bladder_bowel") == "not_sure"
    assert chat.care == "urgent_same_day"


@pytest.mark.parametrize("message", ["stop", "no more questions please stop", "start over", "goodbye"])
def test_leaving_triage_ends_with_disclaimer_and_handoff(chat: Conversation, message: str) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:3]).say(message)
    assert chat.responses[-2:] == ENDING
    assert chat.form is None


def test_a_stop_says_what_the_answers_so_far_ask_for(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:6]).press("Not sure").say("stop")
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
    chat.say("/report_symptoms").press(*NO_FLAG[:6]).say(words)
    assert chat.responses[0] in ("utter_answer_unclear", "utter_emergency")


def test_several_answers_in_one_message_fill_several_slots(chat: Conversation) -> None:
    chat.say("/report_symptoms", "groin, 3 weeks, about a 7")
    assert (chat.slot("pain_location"), chat.slot("pain_duration"), chat.slot("pain_severity")) == (
        "groin",
        "3 weeks",
        7,
    )
    assert chat.asked == "pain_trigger"
    assert chat.texts[-1].startswith("Noted:")


def test_why_do_you_ask_explains_and_asks_again_with_the_same_number(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:6])
    number = chat.texts[-1].split(".")[0]
    chat.say("why do you ask?")
    assert chat.responses == ["utter_why", "utter_ask_triage_form_bladder_bowel"]
    assert "nerves" in chat.texts[0]
    assert number in chat.texts[1]


def test_go_back_asks_the_question_before_again(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:4]).say("go back")
    assert chat.asked == "pain_severity"
    chat.say("go back")
    assert chat.asked == "pain_trigger"
    chat.press("Lifting something", "7: strong")
    assert chat.asked == "worse_with"


@pytest.mark.parametrize(
    ("message", "slot", "answer"),
    [("actually it's the left hip", "pain_location", "left hip"), ("i meant 5", "pain_severity", 5)],
)
def test_a_correction_changes_an_earlier_answer_and_asks_on(
    chat: Conversation, message: str, slot: str, answer: str | int
) -> None:
    chat.say("/report_symptoms", "right hip", "3 weeks", "sitting", "7", message)
    assert chat.slot(slot) == answer
    assert chat.asked == "worse_with"
    assert "I have changed that" in chat.texts[-1]


def test_a_correction_recomputes_the_care(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*answers_with(fever_unwell="Yes, fever or chills")[: PLACE["serious_accident"]])
    assert chat.care == "urgent_same_day"
    chat.say("oops wrong button").press("No fever, I feel well", *NO_FLAG[PLACE["serious_accident"] :])
    assert chat.care == "routine"


def test_a_correction_after_the_end_sums_up_anew(chat: Conversation) -> None:
    chat.say("/report_symptoms", "right hip").press(*NO_FLAG[1:]).say("actually it's the left side")
    assert chat.responses[0] == "utter_corrected"
    assert chat.responses[-2:] == ENDING
    assert "left hip" in chat.texts[1]


def test_a_branch_that_a_correction_opens_is_asked(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:6])
    assert chat.asked == "bladder_bowel"
    chat.say("actually it was from running")
    assert chat.asked == "hop"
    assert "I have changed that" in chat.texts[-1]


def test_later_pauses_and_go_on_resumes_the_same_question(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:4]).say("i'll finish this later")
    assert chat.responses == ["utter_triage_kept", *ENDING]
    assert "Low back" in chat.texts[0]
    chat.press("Go on")
    assert chat.asked == "worse_with"


@pytest.mark.parametrize("words", ["hi", "my back still hurts", "/report_symptoms", "what are your hours"])
def test_who_returns_after_an_hour_hears_what_was_kept_and_may_go_on(chat: Conversation, words: str) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:4]).wait(minutes=61).say(words)
    assert chat.responses[-3:] == ["utter_triage_kept", *ENDING]
    assert "Low back" in chat.texts[-3]
    assert list(chat.buttons) == ["Go on", "Start over", "Ask for a visit"]
    chat.press("Go on")
    assert chat.asked == "worse_with"


def test_who_returns_and_starts_over_is_asked_anew(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:4]).wait(minutes=61).say("hi").press("Start over")
    assert chat.asked == "pain_location"
    assert chat.slot("pain_duration") is None


def test_a_finding_of_an_earlier_session_does_not_follow_the_patient_for_ever(chat: Conversation) -> None:
    chat.say("i cant feel my legs")
    assert chat.slot("disposition") == "emergency"
    chat.wait(minutes=61).say("thanks")
    assert chat.slot("disposition") is None
    chat.say("i cant feel my legs")
    assert chat.slot("disposition") == "emergency"


def test_go_back_over_a_sign_keeps_its_care_until_it_is_answered_again(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*answers_with(fever_unwell="Yes, fever or chills")[: PLACE["serious_accident"]])
    chat.say("go back", "stop")
    assert "today" in chat.texts[0]


def test_a_wish_for_a_visit_after_the_end_is_no_correction(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG).say("actually i would like to book an appointment this afternoon")
    assert chat.form == "booking_form"


def test_go_back_after_a_stop_does_not_open_triage_again(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:3]).say("stop", "go back")
    assert chat.form is None


def test_who_paused_and_returns_for_a_visit_gets_the_booking(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:3]).say("later").wait(minutes=61).say("i want to book an appointment")
    assert chat.form == "booking_form"


def test_an_alarm_at_the_last_question_leaves_nothing_waiting(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:-1], "Yes, with bleeding or bad pain")
    assert chat.slot("triage_state") == "ended"
    chat.say("my hip hurts")
    assert chat.asked == "pain_duration"


def test_a_new_session_that_begins_with_symptoms_starts_without_the_old_finding(chat: Conversation) -> None:
    chat.say("i cant feel my legs", "/report_symptoms").press(*NO_FLAG)
    assert chat.care == "emergency"
    chat.wait(minutes=61).say("my hip hurts")
    assert chat.slot("disposition") is None
    assert chat.form == "triage_form"


def test_an_emergency_is_told_again_in_a_later_session(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:6], "Yes, there is a change")
    chat.wait(minutes=61).say("go on").press("Yes, numb or different")
    assert chat.responses == ["utter_emergency", *ENDING]


def test_an_answer_that_raised_an_alarm_is_kept_and_not_asked_again(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:6], "Yes, there is a change")
    assert chat.responses == ["utter_emergency", *ENDING]
    chat.say("go on")
    assert chat.asked == "saddle_numbness"


def test_the_denial_of_one_sign_answers_no_question_for_another(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:8])
    for words in ("no fever", "not pregnant", "no accident"):
        chat.say(words)
        assert chat.slot("leg_weakness") is None
        chat.say("what causes it?")  # so that it is not the third unclear answer in a row


def test_an_answer_in_words_of_a_topic_is_an_answer(chat: Conversation) -> None:
    chat.say("/report_symptoms").press(*NO_FLAG[:8]).say("legs are strong")
    assert chat.slot("leg_weakness") == "no"


def test_a_topic_in_the_middle_fills_no_slot(chat: Conversation) -> None:
    chat.say("/report_symptoms", "hip", "3 weeks", "what stretches help?")
    assert chat.slot("pain_trigger") is None
    assert chat.asked == "pain_trigger"
