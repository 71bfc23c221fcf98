"""What happened in a turn: every response has its place, and what is sensitive is never kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.insight.outcomes import response_names
from bot.insight.turns import Happening, happened, may_be_kept, turns_file
from bot.nlu.importer import triage_domain
from bot.topics import topic_titles
from bot.triage import the_protocol
from bot.triage.ending import OUTCOME_WORDS

DOMAIN = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))
RESPONSES = {*DOMAIN["responses"], *triage_domain(the_protocol()).responses}


def test_every_response_is_counted_or_ignored_on_purpose() -> None:
    file = turns_file()
    assert RESPONSES - {*file.happens, *file.ignored, *file.erased} == set()


def test_no_response_is_both_counted_and_ignored() -> None:
    file = turns_file()
    assert {*file.happens} & (file.ignored | file.erased) == set()


def test_every_topic_with_a_title_is_counted_as_a_topic() -> None:
    counted = {names["topic"] for names in turns_file().happens.values() if "topic" in names}
    assert topic_titles().keys() <= counted


def test_every_care_of_triage_is_counted() -> None:
    for outcome in the_protocol().outcomes:
        care = outcome.disposition.value
        assert Happening("triage", care) in happened([f"{OUTCOME_WORDS}/{care}"], typed=True)


def test_kinds_and_names_fit_their_columns() -> None:
    pairs = [pair for names in turns_file().happens.values() for pair in names.items()]
    assert all(len(kind) <= 20 and len(name) <= 60 for kind, name in pairs)


def test_a_turn_is_counted_once_and_so_is_each_thing_in_it() -> None:
    said = ["utter_ask_causes", "utter_ask_signs", "utter_ask_causes", "utter_unheard_of"]
    assert happened(said, typed=True) == [("turn", "typed"), ("topic", "ask_causes"), ("topic", "ask_signs")]
    assert happened([], typed=False) == [("turn", "pressed")]


def test_nothing_is_counted_in_the_turn_that_erases() -> None:
    assert happened(["utter_data_erased", "utter_greet"], typed=True) == []


@pytest.mark.parametrize("outcome", the_protocol().outcomes, ids=lambda outcome: outcome.disposition.value)
def test_the_outcome_is_told_by_its_words_whatever_the_reasons_are(outcome) -> None:  # type: ignore[no-untyped-def]
    said = outcome.finished.replace("{reasons}", "a fever or chills;\nnot being able to hop")
    assert response_names([{"response": OUTCOME_WORDS, "text": said}]) == [
        f"{OUTCOME_WORDS}/{outcome.disposition.value}"
    ]


def test_messages_without_a_name_are_left_out_and_an_outcome_in_unknown_words_keeps_its_name() -> None:
    messages = [{"response": None, "text": "trouble"}, {"response": OUTCOME_WORDS, "text": "something else"}]
    assert response_names(messages) == [OUTCOME_WORDS]


@pytest.mark.parametrize("said", [["utter_not_understood"], ["utter_opening", "utter_offer_topics"], ["utter_no_rule"]])
def test_a_message_that_was_not_understood_may_be_kept(said: list[str]) -> None:
    assert may_be_kept(said)


@pytest.mark.parametrize("beside", sorted(RESPONSES - turns_file().not_understood - turns_file().beside))
def test_nothing_is_kept_beside_any_other_response(beside: str) -> None:
    assert not may_be_kept(["utter_not_understood", beside])
    assert not may_be_kept([beside])


def test_what_is_understood_is_not_kept() -> None:
    assert not may_be_kept([])
    assert not may_be_kept(["utter_opening"])
