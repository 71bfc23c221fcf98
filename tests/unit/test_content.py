"""The words of domain.yml: traced to a source, short, plain, and never a dead end."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import textstat
import yaml

from bot.nlu.importer import triage_domain
from bot.triage import read_answer, the_protocol

FAQ = [
    "ask_what_is_psoas",
    "ask_what_is_psoas_syndrome",
    "ask_causes",
    "ask_signs",
    "ask_diagnosis",
    "ask_misdiagnosis",
    "ask_chiropractor_help",
    "ask_treatment",
    "ask_spinal_adjustments",
    "ask_myofascial_release",
    "ask_exercises",
    "ask_posture",
    "ask_recovery_time",
    "ask_stretches",
    "ask_why_chiropractic",
    "ask_location_contact",
    "ask_practice_details",
]
# A response with one of these words speaks of health and needs a row.
HEALTH_WORDS = re.compile(
    r"\b(psoas|muscle|spine|pain|ache|back|hip|groin|leg|exam|doctor|physician|medicine|emergency|911|988|diagnos\w*|"
    r"symptom\w*|pregnan\w*|cancer|fever|numb\w*|bladder|treat\w*|stretch\w*|exercis\w*|postur\w*)\b",
    re.IGNORECASE,
)
# They only name a subject, ask for a fact, or speak of the office: nothing in them is a claim.
NO_STATEMENT = {
    "utter_finish_booking_first",
    "utter_out_of_scope",
    "utter_ask_booking_form_contact",
    "utter_ask_booking_form_share_answers",
    "utter_ask_intake_consent_triage",
    "utter_ask_intake_consent_booking",
    "utter_ask_privacy",
    "utter_booking_answer_unclear",
    "utter_confirm_erasure",
}


def domain() -> dict[str, Any]:
    return yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))


OF_THE_PROTOCOL: dict[str, list[dict[str, Any]]] = triage_domain(the_protocol()).responses
"""They have their sources in protocol.yml, beside the words; reading it refuses a question or an outcome without."""

RESPONSES: dict[str, list[dict[str, Any]]] = {**domain()["responses"], **OF_THE_PROTOCOL}
VARIATIONS = [(name, variation) for name, variations in RESPONSES.items() for variation in variations]


def rows() -> dict[str, list[str]]:
    """Response to the further cells of its row in docs/content.md."""
    lines = Path("docs/content.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {first.strip("`"): rest for first, *rest in cells}


@pytest.mark.parametrize("intent", FAQ)
def test_every_topic_has_an_intent_a_response_and_a_row(intent: str) -> None:
    assert intent in [name if isinstance(name, str) else next(iter(name)) for name in domain()["intents"]]
    assert f"utter_{intent}" in RESPONSES
    if intent not in ("ask_location_contact", "ask_practice_details"):
        assert f"utter_{intent}" in rows()


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_a_response_that_speaks_of_health_has_a_row_with_facts_and_source(name: str) -> None:
    words = " ".join(variation["text"] for variation in RESPONSES[name])
    if HEALTH_WORDS.search(words) and name not in {*NO_STATEMENT, *OF_THE_PROTOCOL}:
        assert name in rows(), f"docs/content.md has no row for {name}"
        facts, source = rows()[name]
        assert facts
        assert source


def test_every_row_is_of_a_response_that_exists() -> None:
    assert set(rows()) <= set(RESPONSES)


@pytest.mark.parametrize(("name", "variation"), VARIATIONS)
def test_a_response_is_at_most_80_words(name: str, variation: dict[str, Any]) -> None:
    assert len(variation["text"].split()) <= 80


@pytest.mark.parametrize("intent", [*FAQ, "ask_do_i_have_it", "ask_medication_or_other_advice"])
def test_an_answer_reads_at_grade_8_or_lower(intent: str) -> None:
    for variation in RESPONSES[f"utter_{intent}"]:
        text = re.sub(r"\{\w+\}", "the office", variation["text"])
        assert textstat.flesch_kincaid_grade(text) <= 8, text


@pytest.mark.parametrize("intent", FAQ)
def test_an_answer_offers_two_or_three_ways_on(intent: str) -> None:
    for variation in RESPONSES[f"utter_{intent}"]:
        assert 2 <= len(variation["buttons"]) <= 3


def test_every_button_leads_somewhere() -> None:
    intents = {name if isinstance(name, str) else next(iter(name)) for name in domain()["intents"]}
    payloads = [button["payload"] for _, variation in VARIATIONS for button in variation.get("buttons", [])]
    commands = {payload[1:] for payload in payloads if payload.startswith("/")}
    assert commands <= intents


def test_a_triage_button_is_read_as_the_option_that_it_names() -> None:
    for question in the_protocol().questions:
        for variation in RESPONSES[f"utter_ask_triage_form_{question.slot}"]:
            titles = [button["payload"] for button in variation["buttons"]]
            read = [read_answer(question, title) for title in titles]
            assert None not in read, f"{question.slot}: {titles}"
            if question.kind == "choice":
                assert read == [option.id for option in question.options], question.slot


def test_the_words_of_another_place_to_tell_symptoms_read_at_grade_8_or_lower() -> None:
    for name in ("utter_triage_elsewhere", "utter_booking_elsewhere", "utter_ask_intake_consent_triage"):
        for variation in RESPONSES[name]:
            text = re.sub(r"\{\w+\}", "the office", variation["text"])
            assert textstat.flesch_kincaid_grade(text) <= 8, text


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_never_do_two_variations_of_a_channel_fit_at_once(name: str) -> None:
    """Rasa takes one of them at random: their conditions must exclude each other."""
    known = [
        (one.get("channel"), {condition["name"]: condition["value"] for condition in one.get("condition", [])})
        for one in RESPONSES[name]
    ]
    for (channel, first), (other, second) in itertools.combinations(known, 2):
        if channel == other and bool(first) == bool(second):
            assert any(first[fact] != second[fact] for fact in first.keys() & second.keys()), (first, second)


def test_a_button_that_leads_out_of_the_chat_has_a_title_that_messenger_takes() -> None:
    buttons = [button for _, variation in VARIATIONS for button in variation.get("buttons", [])]
    titles = [button["title"] for button in buttons if button["payload"] in ("{clinic_chat}", "{clinic_phone_link}")]
    assert titles
    assert all(len(title) <= 20 for title in titles)


def test_the_alarm_words_name_the_numbers_to_call() -> None:
    assert "911" in RESPONSES["utter_emergency"][0]["text"]
    assert "988" in RESPONSES["utter_crisis"][0]["text"]
    for name in ("utter_emergency", "utter_crisis"):
        assert "buttons" not in RESPONSES[name][0]


def test_no_booking_button_stands_beside_an_alarm() -> None:
    for name, variation in VARIATIONS:
        conditions = [condition["value"] for condition in variation.get("condition", [])]
        if {"emergency", "crisis"} & set(conditions):
            assert "buttons" not in variation, name


def test_no_response_says_you_have_it() -> None:
    for name, variation in VARIATIONS:
        assert not re.search(r"\byou (probably |likely |may )?have (psoas|a torn|an? infect)", variation["text"]), name
