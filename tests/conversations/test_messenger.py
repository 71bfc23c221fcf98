"""The dialogue on Messenger: education where nothing may be taken, triage and booking only after an explicit yes."""

from __future__ import annotations

import pytest
from rasa.core.agent import Agent

from bot.nlu.intake import Intake
from tests.conversations.test_booking import TO_THE_SUMMARY
from tests.driver import ENDING, Conversation, healthy_triage, on_messenger
from tests.stored import stored_requests

ELSEWHERE = ["utter_triage_elsewhere", *ENDING]
LINKS = {
    "Chat on our website": "https://www.Springfield-Chiropractic.com/#clinic-chat",
    "Call the office": "tel:+19735647676",
}
ASKED_TRIAGE, ASKED_BOOKING = "utter_ask_intake_consent_triage", "utter_ask_intake_consent_booking"
YES = "Yes, ask me here"
EMERGENCY = "i cant feel my legs and i lost control of my bladder"
URGENT = "my back hurts and i have a fever"
OFFERS = ("ask about your symptoms", "ask about back", "pass on a request", "pass on", "take a few details")


@pytest.fixture
def elsewhere(agent: Agent) -> Conversation:
    """A conversation in which nothing may be taken."""
    return on_messenger(agent, Intake.ELSEWHERE)


@pytest.fixture
def with_consent(agent: Agent) -> Conversation:
    """A conversation in which the patient is asked first."""
    return on_messenger(agent, Intake.WITH_CONSENT)


# ---------------------------------------------------------------- where nothing may be taken


@pytest.mark.parametrize(
    "wish", ["my low back hurts for 3 weeks", "/report_symptoms", "do i have psoas syndrome?", "/restart_triage"]
)
def test_whoever_tells_symptoms_hears_where_to_and_then_disclaimer_and_handoff_with_link_and_phone(
    elsewhere: Conversation, wish: str
) -> None:
    elsewhere.say("hi", wish)
    assert elsewhere.responses == ELSEWHERE
    assert elsewhere.buttons == LINKS
    assert elsewhere.form is None
    assert "without an exam" in elsewhere.texts[0]


@pytest.mark.parametrize("wish", ["i want a visit", "/book_appointment", "can i come friday at 3? 973-555-0188"])
def test_whoever_wants_a_visit_gets_link_and_phone(elsewhere: Conversation, wish: str) -> None:
    elsewhere.say("hi", wish)
    assert elsewhere.responses == ["utter_booking_elsewhere"]
    assert elsewhere.buttons == LINKS
    assert elsewhere.form is None


def test_a_first_message_gets_the_opening_line_before(elsewhere: Conversation) -> None:
    elsewhere.say("my low back hurts")
    assert elsewhere.responses == ["utter_opening", *ELSEWHERE]


def test_nothing_that_a_message_tells_is_kept(elsewhere: Conversation) -> None:
    elsewhere.say("my low back hurts for 3 weeks, about a 6", "can i come friday at 3? call 973-555-0188")
    slots = ("pain_location", "pain_duration", "pain_severity", "preferred_time", "time_window", "contact")
    assert [elsewhere.slot(slot) for slot in slots] == [None] * len(slots)


@pytest.mark.parametrize("told", ["my back hurts, 9/10", "i'm 16 and my hip hurts", "i have cancer and my back hurts"])
def test_what_a_physician_should_see_first_is_said_first(elsewhere: Conversation, told: str) -> None:
    elsewhere.say("hi", told)
    assert elsewhere.responses == ELSEWHERE
    assert elsewhere.slot("disposition") == "see_clinician"
    assert "physician first" in elsewhere.texts[0]
    assert "Once a physician has seen you" in elsewhere.texts[-1]
    assert elsewhere.buttons == LINKS


def test_urgent_words_come_by_their_own_rule_and_their_care_stays(elsewhere: Conversation) -> None:
    elsewhere.say("hi", URGENT)
    assert elsewhere.responses == ["utter_urgent_same_day", *ENDING]
    assert "checked today" in elsewhere.texts[-1]
    assert elsewhere.buttons == LINKS
    elsewhere.say("/report_symptoms")
    assert elsewhere.responses == ELSEWHERE
    assert "looked at today" in elsewhere.texts[0]


@pytest.mark.parametrize(("words", "kind"), [(EMERGENCY, "emergency"), ("i want to kill myself", "crisis")])
@pytest.mark.parametrize("intake", Intake)
def test_an_alarm_is_caught_and_its_deferred_handoff_tells_that_the_front_desk_may_not_see_it_at_once(
    agent: Agent, intake: Intake, words: str, kind: str
) -> None:
    chat = on_messenger(agent, intake).say("hi", words)
    assert chat.responses == [f"utter_{kind}", *ENDING]
    assert "may not see it at once" in chat.texts[-1]
    assert chat.messages[-1]["metadata"] == {"hands_over": True}
    assert chat.buttons == {}


def test_after_an_alarm_no_link_is_offered_before_help(elsewhere: Conversation) -> None:
    elsewhere.say("hi", EMERGENCY, "/report_symptoms")
    assert elsewhere.responses == ELSEWHERE
    assert "911" in elsewhere.texts[0]
    assert elsewhere.buttons == {}
    elsewhere.say("/book_appointment")
    assert elsewhere.responses == ["utter_booking_elsewhere"]
    assert "911" in elsewhere.texts[0]
    assert elsewhere.buttons == {}


def test_words_that_may_be_a_red_flag_are_asked_about(elsewhere: Conversation) -> None:
    elsewhere.say("hi", "im leaking a bit")
    assert elsewhere.responses == ["utter_clarify"]
    elsewhere.press("No")
    assert elsewhere.responses == ["utter_clarified"]
    elsewhere.say("i can't take it anymore").press("Yes")
    assert elsewhere.responses == ["utter_crisis", *ENDING]


def test_a_general_question_about_a_warning_sign_is_answered_with_its_care(elsewhere: Conversation) -> None:
    elsewhere.say("hi", "is fever a sign of it?")
    assert elsewhere.responses == ["utter_warning_sign", "utter_ask_signs"]


def test_topics_are_answered_as_on_the_website(elsewhere: Conversation) -> None:
    elsewhere.say("hi", "what causes psoas syndrome and which stretches help?")
    assert elsewhere.responses == ["utter_ask_causes", "utter_ask_stretches"]
    elsewhere.press("Ask for a visit")
    assert elsewhere.responses == ["utter_booking_elsewhere"]


@pytest.mark.parametrize("text", ["hi", "what can you do", "what's the weather like tomorrow", "/out_of_scope"])
def test_no_words_offer_what_is_not_done_there(elsewhere: Conversation, text: str) -> None:
    for _ in range(2):
        elsewhere.say(text)
        assert not [offer for offer in OFFERS if offer in " ".join(elsewhere.texts)], elsewhere.texts


@pytest.mark.parametrize("words", ["say that again", "what causes it?", "6", "Maria Lopez", "stop", "start over"])
@pytest.mark.parametrize("form", ["/report_symptoms", "/book_appointment"])
def test_a_form_that_an_earlier_setting_has_opened_is_closed_first(
    elsewhere: Conversation, form: str, words: str
) -> None:
    elsewhere.metadata = {"intake": "here"}
    elsewhere.say("hi", form)
    assert elsewhere.form is not None
    elsewhere.metadata = {"intake": "elsewhere"}
    elsewhere.say(words)
    assert elsewhere.form is None
    assert not asks(elsewhere)
    assert elsewhere.slot("requested_slot") is None
    if form == "/report_symptoms":
        assert elsewhere.responses[-3:] == ELSEWHERE
        assert elsewhere.slot("triage_state") == "ended"


def test_an_old_question_is_not_repeated_in_a_new_session(elsewhere: Conversation) -> None:
    elsewhere.metadata = {"intake": "here"}
    elsewhere.say("hi", "/report_symptoms").wait(minutes=61)
    elsewhere.metadata = {"intake": "elsewhere"}
    elsewhere.say("say that again")
    assert elsewhere.responses
    assert not asks(elsewhere)
    elsewhere.say("say that again")
    assert not asks(elsewhere)


def test_a_topic_that_closes_such_a_form_is_answered(elsewhere: Conversation) -> None:
    elsewhere.metadata = {"intake": "here"}
    elsewhere.say("/book_appointment")
    elsewhere.metadata = {"intake": "elsewhere"}
    assert elsewhere.say("what causes it?").responses == ["utter_ask_causes"]


@pytest.mark.parametrize("wish", ["go on", "/resume_triage", "hi", "my back still hurts"])
def test_triage_that_waits_since_an_earlier_setting_is_not_taken_up(elsewhere: Conversation, wish: str) -> None:
    elsewhere.metadata = {"intake": "here"}
    elsewhere.say("hi", "/report_symptoms", "low back", "later")
    assert elsewhere.slot("triage_state") == "paused"
    elsewhere.metadata = {"intake": "elsewhere"}
    elsewhere.say(wish)
    assert elsewhere.form is None
    assert not asks(elsewhere)
    assert "utter_triage_kept" not in elsewhere.responses


def test_a_correction_of_what_an_earlier_setting_took_opens_nothing(elsewhere: Conversation) -> None:
    elsewhere.metadata = {"intake": "here"}
    elsewhere.say("/report_symptoms").press(*healthy_triage())
    elsewhere.metadata = {"intake": "elsewhere"}
    elsewhere.say("actually it is the left side")
    assert elsewhere.responses == ELSEWHERE
    assert elsewhere.slot("pain_location") == "Low back"


@pytest.mark.parametrize("metadata", [{"intake": "everywhere"}, {"intake": None}, {"intake": []}])
def test_a_setting_that_nobody_knows_takes_nothing(agent: Agent, metadata: dict[str, object]) -> None:
    assert Conversation(agent, "messenger", metadata).say("hi", "/report_symptoms").responses == ELSEWHERE


# ---------------------------------------------------------------- with consent


@pytest.mark.parametrize(
    ("wish", "asked", "begun"),
    [
        ("my low back hurts", ASKED_TRIAGE, ["utter_report_symptoms", "utter_ask_triage_form_pain_location"]),
        ("/report_symptoms", ASKED_TRIAGE, ["utter_report_symptoms", "utter_ask_triage_form_pain_location"]),
        ("do i have psoas syndrome?", ASKED_TRIAGE, ["utter_report_symptoms", "utter_ask_triage_form_pain_location"]),
        ("i want a visit", ASKED_BOOKING, ["utter_book_appointment", "utter_ask_booking_form_patient_name"]),
        ("/book_appointment", ASKED_BOOKING, ["utter_book_appointment", "utter_ask_booking_form_patient_name"]),
    ],
)
def test_what_was_wished_begins_after_a_yes_and_not_before(
    with_consent: Conversation, wish: str, asked: str, begun: list[str]
) -> None:
    with_consent.say("hi", wish)
    assert with_consent.responses == [asked]
    assert "Meta" in with_consent.texts[0]
    assert "HIPAA" in with_consent.texts[0]
    assert with_consent.form is None
    with_consent.press(YES)
    assert with_consent.responses == begun


def test_the_question_stands_behind_the_opening_line(with_consent: Conversation) -> None:
    with_consent.say("my hip hurts")
    assert with_consent.responses == ["utter_opening", ASKED_TRIAGE]


@pytest.mark.parametrize("answer", ["yes", "yes please", "ok", "sure", "ask me here"])
def test_a_plain_yes_right_behind_the_question_is_one(with_consent: Conversation, answer: str) -> None:
    with_consent.say("hi", "my hip hurts", answer)
    assert with_consent.form == "triage_form"


@pytest.mark.parametrize(
    "answer",
    ["yes call me", "yes, call me please", "ok thanks", "looks good",
     "no worries", "i don't mind", "yes?", "is it safe?", "yes but who reads this", "maybe", "my hip hurts a lot", "7",
     "what causes it?", "who reads this?"],
)  # fmt: skip
def test_nothing_else_is_a_yes_and_the_next_wish_is_asked_about_again(with_consent: Conversation, answer: str) -> None:
    with_consent.say("hi", "my hip hurts", answer)
    assert with_consent.form is None
    assert not asks(with_consent)
    with_consent.say("what causes it?", "yes")
    assert with_consent.form is None
    with_consent.say("/book_appointment")
    assert with_consent.responses == [ASKED_BOOKING]


def test_a_yes_after_an_hour_answers_that_question_no_more(with_consent: Conversation) -> None:
    with_consent.say("hi", "my hip hurts").wait(minutes=61).say("yes")
    assert with_consent.form is None
    assert with_consent.slot("intake_consent") is None


@pytest.mark.parametrize("answer", ["No", "no thanks", "i'd rather not", "nope, not on facebook"])
def test_a_no_to_questions_on_symptoms_brings_link_and_phone(with_consent: Conversation, answer: str) -> None:
    with_consent.say("hi", "my hip hurts", answer)
    assert with_consent.responses == ELSEWHERE
    assert with_consent.buttons == LINKS
    assert with_consent.slot("intake_consent") is None
    with_consent.say("/report_symptoms")
    assert with_consent.responses == [ASKED_TRIAGE]


def test_a_no_to_a_request_brings_link_and_phone(with_consent: Conversation) -> None:
    with_consent.say("hi", "/book_appointment").press("No")
    assert with_consent.responses == ["utter_booking_elsewhere"]
    assert with_consent.buttons == LINKS


def test_an_alarm_in_the_answer_comes_first(with_consent: Conversation) -> None:
    with_consent.say("hi", "my hip hurts", "yes and i cant feel my legs")
    assert with_consent.responses == ["utter_emergency", *ENDING]
    assert with_consent.slot("intake_consent") is None


def test_what_was_told_before_the_yes_is_asked_and_its_care_stays(with_consent: Conversation) -> None:
    with_consent.say("hi", "my low back hurts for 3 weeks, 9/10", "yes")
    assert with_consent.asked == "pain_location"
    assert with_consent.slot("pain_duration") is None
    assert with_consent.slot("disposition") == "see_clinician"


def test_the_question_comes_once_a_conversation(with_consent: Conversation) -> None:
    with_consent.say("hi", "/report_symptoms").press(YES).say("start over", "/book_appointment")
    assert with_consent.responses == ["utter_book_appointment", "utter_ask_booking_form_patient_name"]
    with_consent.wait(minutes=61).say("/report_symptoms")
    assert ASKED_TRIAGE not in with_consent.responses


def test_the_yes_is_erased_with_the_rest(with_consent: Conversation) -> None:
    with_consent.say("hi", "/book_appointment").press(YES).say("delete my data")
    assert "Meta" in with_consent.texts[-1]
    with_consent.press("Yes, delete everything")
    assert with_consent.responses == ["utter_data_erased"]
    assert "Messenger" in with_consent.texts[0]
    assert with_consent.slot("intake_consent") is None
    with_consent.say("/book_appointment")
    assert with_consent.responses == [ASKED_BOOKING]


def test_a_whole_triage_goes_as_on_the_website(with_consent: Conversation) -> None:
    with_consent.say("hi", "/report_symptoms").press(YES)
    assert with_consent.responses == ["utter_report_symptoms", "utter_ask_triage_form_pain_location"]
    with_consent.press("Low back").say("why do you ask?", "what causes it?").press(*list(healthy_triage())[1:])
    assert with_consent.responses == ["utter_triage_summary", "utter_triage_signs", "utter_triage_outcome", *ENDING]
    assert list(with_consent.buttons) == ["Ask for a visit", "Another question"]
    with_consent.press("Ask for a visit")
    assert with_consent.responses == ["utter_book_appointment", "utter_ask_booking_form_patient_name"]


def test_a_whole_request_goes_as_on_the_website(with_consent: Conversation, database_url: str) -> None:
    wish, *answers = TO_THE_SUMMARY
    with_consent.say(wish).press(YES)
    assert with_consent.form == "booking_form"
    with_consent.say(*answers).press("Yes, send it")
    assert with_consent.responses == ["utter_booking_stored"]
    assert len(stored_requests(database_url, with_consent.sender)) == 1


# ---------------------------------------------------------------- the words of the channel


@pytest.mark.parametrize("intake", Intake)
def test_whoever_wants_a_person_is_handed_over_and_hears_what_that_means(agent: Agent, intake: Intake) -> None:
    chat = on_messenger(agent, intake).say("hi", "i want to talk to a real person")
    assert chat.responses == ["utter_ask_human"]
    for words in ("front desk", "silent", "at once", "(973) 564-7676", "911"):
        assert words in chat.texts[0]
    assert chat.messages[0]["metadata"] == {"hands_over": True}


@pytest.mark.parametrize("intake", [Intake.WITH_CONSENT, Intake.ELSEWHERE])
@pytest.mark.parametrize("wish", ["who reads this?", "delete my data"])
def test_who_asks_about_privacy_hears_of_metas_copy(agent: Agent, intake: Intake, wish: str) -> None:
    assert "Meta" in on_messenger(agent, intake).say("hi", wish).texts[-1]


def test_the_website_hears_nothing_of_messenger(chat: Conversation) -> None:
    wishes = ("hi", "what can you do", "who reads this?", "delete my data", "no", "i want to talk to a real person",
              "/report_symptoms", "stop", EMERGENCY)  # fmt: skip
    for wish in wishes:
        chat.say(wish)
        assert "Messenger" not in " ".join(chat.texts)
        assert not any("metadata" in message for message in chat.messages)


def asks(chat: Conversation) -> bool:
    """Whether a question of triage or booking was asked."""
    return any(name.startswith(("utter_ask_triage_form", "utter_ask_booking_form")) for name in chat.responses)
