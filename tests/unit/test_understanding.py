"""What a message means at its point of the conversation, and the slot that never forgets."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.nlu.reading import Heard, Reading, State
from bot.nlu.resolve import resolve
from bot.nlu.slots import DispositionSlot
from bot.safety import Disposition
from bot.safety.detector import Ambiguity, Finding, the_detector
from bot.topics import FIRST_OFFER, topic_titles
from bot.triage import the_protocol

PROTOCOL = the_protocol()
FEVER = State(form="triage_form", requested="fever_unwell")
PLACE = State(form="triage_form", requested="pain_location")
WORSE = State(form="triage_form", requested="worse_with")
NAME = State(form="booking_form", requested="patient_name")
HANDOFF = State(
    last_response="utter_booking_handoff",
    offers={"ask for a visit": "book_appointment", "another question": "ask_capabilities"},
)
SUMMARY = State(form="booking_form", requested="booking_confirmed")


def meaning(text: str, intent: str, state: State, confidence: float = 0.97) -> Reading:
    """The reading of a message of which the classifier thinks this."""
    return resolve(PROTOCOL, Heard(text, the_detector().find(text), [(intent, confidence)]), state)


def told(reading: Reading) -> dict[str, object]:
    """The values of a reading but for the choice of an apology's wording."""
    return {slot: value for slot, value in reading.values.items() if slot != "apology"}


@pytest.mark.parametrize(
    ("text", "opinion", "state", "intent", "values"),
    [
        # the pending question first
        ("no", "deny", FEVER, "inform", {"fever_unwell": "no"}),
        ("yes chills", "affirm", FEVER, "inform", {"fever_unwell": "yes"}),
        ("is fever a sign of it?", "ask_signs", FEVER, "ask_signs", {}),
        ("blah", "nlu_fallback", FEVER, "answer_unclear", {}),
        ("my dog is brown", "out_of_scope", FEVER, "answer_unclear", {}),
        ("who won the game?", "out_of_scope", FEVER, "out_of_scope", {}),
        ("stop", "stop", FEVER, "stop", {}),
        ("bye", "goodbye", FEVER, "stop", {}),
        ("the crease by my pocket", "out_of_scope", PLACE, "inform", {"pain_location": "the crease by my pocket"}),
        ("recovery time", "ask_recovery_time", PLACE, "ask_recovery_time", {}),
        ("stretches?", "ask_stretches", NAME, "ask_stretches", {}),
        ("Maria", "out_of_scope", NAME, "inform", {"patient_name": "Maria"}),
        ("no", "deny", SUMMARY, "change_answer", {}),
        ("change the time", "inform", SUMMARY, "change_answer", {"booking_field": "preferred_time"}),
        ("cancel", "stop", SUMMARY, "stop", {}),
        ("hip flexor stretches", "ask_stretches", PLACE, "ask_stretches", {}),
        ("no", "deny", PLACE, "answer_unclear", {}),
        ("what makes you say that", "complain", PLACE, "complain", {}),
        ("when i sit", "nlu_fallback", WORSE, "inform", {"worse_with": "when i sit"}),
        ("my back hurts", "report_symptoms", NAME, "report_symptoms", {}),
        ("ok, cancel it", "affirm", SUMMARY, "stop", {}),
        ("that's correct", "affirm", SUMMARY, "inform", {"booking_confirmed": "yes"}),
        ("ok how much is it", "ask_practice_details", SUMMARY, "ask_practice_details", {}),
        # a finding is not passed over
        ("i have a fever", "goodbye", State(), "report_urgent", {"disposition": "urgent_same_day"}),
        # then what was offered
        ("yes", "affirm", HANDOFF, "book_appointment", {}),
        ("yes", "affirm", State(), "affirm", {}),
        ("why", "affirm", HANDOFF, "affirm", {}),
        ("🙂", "affirm", State(), "nlu_fallback", {}),
        ("blue elephants", "inform", State(), "nlu_fallback", {}),
        ("right groin", "inform", State(), "report_symptoms", {"pain_location": "right groin"}),
        ("what causes it", "ask_causes", State(), "ask_causes", {}),
    ],
)
def test_a_message_is_read_by_what_was_asked(
    text: str, opinion: str, state: State, intent: str, values: dict[str, str]
) -> None:
    reading = meaning(text, opinion, state)
    assert (reading.intent, told(reading)) == (intent, values)


@pytest.mark.parametrize("state", [State(), FEVER, PLACE, NAME, SUMMARY])
@pytest.mark.parametrize("opinion", ["out_of_scope", "ask_causes", "greet", "inform", "stop"])
def test_no_opinion_of_the_classifier_switches_an_alarm_off(opinion: str, state: State) -> None:
    assert meaning("i cant feel my legs", opinion, state, 1.0).intent == "report_emergency"


def test_a_guess_at_a_control_does_not_end_a_form() -> None:
    assert meaning("my drop off point", "stop", PLACE, 0.3).intent == "inform"


def test_a_third_unclear_answer_is_left_as_not_sure() -> None:
    state = State(form="triage_form", requested="bladder_bowel", unclear=2)
    assert meaning("blah", "nlu_fallback", state).values["bladder_bowel"] == "not_sure"


BLADDER = State(form="triage_form", requested="bladder_bowel")


def at_question(text: str, answers: list[tuple[str, float]], findings: list[Finding]) -> Reading:
    """The reading of an answer that likeness to taught ones ranks so."""
    return resolve(PROTOCOL, Heard(text, findings, [("inform", 0.9)], answers=answers), BLADDER)


def like(disposition: Disposition) -> Finding:
    """A red flag by likeness alone."""
    return Finding("x", "x", disposition, 0, 1, "likeness", by_likeness=True)


@pytest.mark.parametrize(
    ("text", "answers", "value"),
    [
        ("works like a clock", [("no", 0.9)], "no"),
        ("works like a clock", [("no", 0.74)], None),
        ("no it dribbles", [("no", 0.95)], None),  # a word of a taught sign stands in it
        ("there's been some puddles", [("yes", 0.6)], "alarm"),
        ("no there's been some puddles", [("yes", 0.6)], None),
        ("hard to say really", [("not_sure", 0.7)], "not_sure"),
        ("no, although it dribbles a little lately, is that normal?", [("no", 0.9)], None),
        ("no, why?", [("no", 0.9)], "no"),
        ("yes, brb", [("yes", 0.9)], "alarm"),
        ("no fever", [("no", 0.95)], None),  # the denial of what another question asks for
        ("not pregnant", [("no", 0.95)], None),
    ],
)
def test_an_answer_by_likeness_is_read_with_care(
    text: str, answers: list[tuple[str, float]], value: str | None
) -> None:
    reading = at_question(text, answers, [])
    read = "alarm" if reading.intent == "report_emergency" else reading.values.get("bladder_bowel")
    assert read == value


def test_a_doubt_in_taught_words_is_no_emergency_by_likeness() -> None:
    assert at_question("can't tell", [("not_sure", 0.9)], [like(Disposition.EMERGENCY)]).intent == "inform"


@pytest.mark.parametrize(
    ("text", "disposition"),
    [
        ("maybe everyone would be better off without me", Disposition.CRISIS),
        ("idk, my heart is squeezing and my jaw aches", Disposition.EMERGENCY),
        ("can't tell", Disposition.CRISIS),  # in taught words of a doubt, and a crisis all the same
    ],
)
def test_a_doubt_never_hides_a_crisis_or_another_emergency(text: str, disposition: Disposition) -> None:
    reading = at_question(text, [("not_sure", 0.95)], [like(disposition)])
    assert reading.values["disposition"] is disposition


def test_in_doubt_the_likeliest_topics_are_offered() -> None:
    ranking = [
        ("ask_stretches", 0.3),
        ("ask_exercises", 0.2),
        ("affirm", 0.1),
        ("ask_posture", 0.09),
        ("ask_signs", 0.01),
    ]
    reading = resolve(PROTOCOL, Heard("what to do for it", ranking=ranking), State())
    assert (reading.intent, reading.values["topics"]) == ("unsure", ["ask_stretches", "ask_exercises", "ask_posture"])


def test_a_yes_to_offered_topics_takes_the_first() -> None:
    state = State(last_response="utter_offer_topics", offers={"stretches": "ask_stretches", "posture": "ask_posture"})
    assert meaning("yes", "affirm", state).intent == "ask_stretches"


def test_a_pick_is_no_answer_to_nothing() -> None:
    assert meaning("the second one", "inform", State()).intent == "nlu_fallback"
    state = State(last_response="utter_ask_causes", offers={"signs": "ask_signs", "posture": "ask_posture"})
    assert meaning("the second one", "inform", state).intent == "ask_posture"


@pytest.mark.parametrize(
    ("text", "answered", "intent"),
    [
        ("how long does that take?", "ask_treatment", "ask_recovery_time"),
        ("ok and how long does that take", "ask_diagnosis", "ask_practice_details"),
        ("What about running?", "ask_causes", "ask_causes"),
        ("and running", "ask_stretches", "ask_exercises"),
        ("and sitting?", "ask_signs", "ask_causes"),
        ("how about sitting then", "ask_exercises", "ask_posture"),
        ("But why is that", "ask_signs", "ask_causes"),
        ("why?", "ask_chiropractor_help", "ask_why_chiropractic"),
        ("does that hurt", "ask_myofascial_release", "ask_beyond_article"),
        ("how often should I do them?", "ask_stretches", "ask_beyond_article"),
        ("what's that?", "ask_misdiagnosis", "ask_what_is_psoas_syndrome"),
        ("can i do that at home?", "ask_treatment", "ask_stretches"),
        ("do you guys do that", "ask_myofascial_release", "ask_chiropractor_help"),
        ("tell me more", "ask_causes", "ask_posture"),
        ("yes please", "ask_causes", "ask_posture"),
        ("the second one", "ask_causes", "ask_posture"),
        ("3", "ask_causes", "ask_treatment"),
        ("ok", "ask_causes", "affirm"),
    ],
)
def test_a_few_words_lean_on_the_last_answer(text: str, answered: str, intent: str) -> None:
    state = State(
        last_response=f"utter_{answered}",
        offers={"signs": "ask_signs", "posture": "ask_posture", "treatment": "ask_treatment"},
        told=frozenset({"utter_ask_signs"}),
    )
    assert meaning(text, "affirm", state).intent == intent


def test_more_of_what_was_all_told_shows_what_else_there_is() -> None:
    state = State(last_response="utter_ask_causes", offers={"signs": "ask_signs"}, told=frozenset({"utter_ask_signs"}))
    assert meaning("tell me more", "repeat", state).intent == "ask_capabilities"


def test_every_follow_up_leads_to_a_topic() -> None:
    content = yaml.safe_load(Path("bot/topics/follow_ups.yml").read_text(encoding="utf-8"))
    for one in content["follow_ups"]:
        assert set(one["means"]) <= {*topic_titles(), "otherwise"}
        assert set(one["means"].values()) <= {*topic_titles(), "ask_beyond_article", FIRST_OFFER}


def test_several_questions_are_all_heard_in_their_order() -> None:
    parts = [("ask_causes", 0.9), ("greet", 0.9), ("ask_stretches", 0.8), ("ask_causes", 0.9)]
    reading = resolve(PROTOCOL, Heard("...", ranking=[("ask_causes", 0.5)], parts=parts), State())
    assert reading.intent == "nlu_fallback"  # marks alone ask nothing
    reading = resolve(PROTOCOL, Heard("a and b", ranking=[("ask_causes", 0.5)], parts=parts), State())
    assert (reading.intent, reading.values["topics"]) == ("ask_several", ["ask_causes", "ask_stretches"])


def test_no_apology_is_said_twice_in_a_row() -> None:
    first = meaning("blah", "nlu_fallback", State())
    again = State(last_response="utter_not_understood", slots={"apology": first.values["apology"]})
    second = meaning("blah", "nlu_fallback", again)
    third_state = State(last_response="utter_not_understood", slots={"apology": second.values["apology"]})
    third = meaning("blah", "nlu_fallback", third_state)
    assert [one.values["apology"] for one in (first, second, third)] == ["first", "again", "first"]


@pytest.mark.parametrize("text", ["no hablo inglés", "me duele la espalda", "hola"])
def test_spanish_is_recognised_outside_forms(text: str) -> None:
    assert meaning(text, "ask_causes", State()).intent == "speak_spanish"


@pytest.mark.parametrize("name", ["Maria Lopez", "Jose Garcia", "Hola Perez", "Juan Carlos de la Cruz"])
def test_a_spanish_name_is_a_name(name: str) -> None:
    assert meaning(name, "inform", NAME).values == {"patient_name": name}


def test_a_red_flag_in_spanish_comes_before_the_language() -> None:
    assert meaning("no puedo orinar desde ayer", "greet", State()).intent == "report_emergency"


def a_slot() -> DispositionSlot:
    return DispositionSlot("disposition", [], values=[one.value for one in Disposition])


def test_a_disposition_only_becomes_graver() -> None:
    slot = a_slot()
    for value, kept in [
        ("routine", "routine"),
        ("urgent_same_day", "urgent_same_day"),
        ("see_clinician", "urgent_same_day"),
        (None, "urgent_same_day"),
        ("nonsense", "urgent_same_day"),
        ("emergency", "emergency"),
        ("crisis", "emergency"),
    ]:
        slot.value = value
        assert slot.value == kept


def test_a_new_session_starts_without_a_disposition() -> None:
    slot = a_slot()
    slot.value = "emergency"
    slot.reset()
    assert slot.value is None


@pytest.mark.parametrize(("end", "alarms"), [(9, False), (22, True)])
def test_words_cleared_once_alarm_only_together_with_the_fragment_before_them(end: int, alarms: bool) -> None:
    finding = Finding("both_legs", "both legs", Disposition.EMERGENCY, 0, end, "numb")
    numb = Ambiguity(id="numb", disposition=Disposition.EMERGENCY, row=3, says=["went numb"])
    state = State(slots={"ambiguity": "numb", "ambiguous_care": "none"})
    reading = resolve(PROTOCOL, Heard("went numb", findings=[finding], ambiguity=numb), state)
    assert (reading.intent == "report_emergency") is alarms
