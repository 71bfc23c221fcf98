"""The assistant's messages in Meta's form: within its limits, in order, and nothing lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.messenger.rendering import MOST_TEXT, Offer, answered_by_number, pieces, rendered
from bot.nlu.importer import triage_domain
from bot.triage import the_protocol
from tests.messenger.fake_graph import check_message

WEBSITE = {"title": "Chat on our website", "payload": "https://www.example.com/#clinic-chat"}
CALL = {"title": "Call the office", "payload": "tel:+1 (973) 564-7676"}
SENTENCE = "A sore psoas can make the low back ache. "


def said(text: str, *buttons: dict[str, str]) -> dict[str, Any]:
    return {"text": text, "response": None, "buttons": list(buttons)}


def ways(*titles: str) -> list[dict[str, str]]:
    return [{"title": title, "payload": f"/{number}"} for number, title in enumerate(titles)]


def answers(*titles: str) -> list[dict[str, str]]:
    return [{"title": title, "payload": title} for title in titles]


def titles(bubble: dict[str, Any]) -> list[str]:
    return [reply["title"] for reply in bubble["quick_replies"]]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# ------------------------------------------------------------------ text


@given(st.text(), st.integers(2, 60))
def test_no_piece_is_too_long_or_empty_and_nothing_but_white_space_is_lost(text: str, most: int) -> None:
    found = pieces(text, most)
    assert all(piece.strip() == piece and piece and units(piece) <= most for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(st.lists(st.text("ab.!?😀", min_size=1, max_size=12)), st.integers(24, 60))
def test_a_word_that_fits_is_never_cut(words: list[str], most: int) -> None:
    assert " ".join(pieces(" ".join(words), most)).split() == words


@given(st.lists(st.sampled_from(["Rest is fine.", "Is it new?", "See Dr. Hagman.", "Call 911!"]), min_size=1))
def test_sentences_that_fit_are_never_cut(sentences: list[str]) -> None:
    ends = tuple({sentence[-4:] for sentence in sentences})
    assert all(piece.endswith(ends) for piece in pieces(" ".join(sentences), 20))


def test_lines_are_kept_whole_where_there_is_no_sentence() -> None:
    assert pieces("- one two\n- three four\n- five six", 24) == ["- one two\n- three four", "- five six"]


def test_a_number_of_a_list_and_a_title_of_a_doctor_end_no_sentence() -> None:
    assert pieces("Look here. 1. Dr. Jason Hagman", 18) == ["Look here.", "1. Dr. Jason", "Hagman"]


def test_a_long_word_is_cut_between_characters() -> None:
    assert pieces("😀😀😀", 3) == ["😀", "😀", "😀"]


def test_a_text_without_words_is_no_bubble() -> None:
    assert rendered([said(""), said(" \n ")]).bubbles == []
    assert rendered([]).bubbles == []


def test_a_long_text_becomes_several_bubbles_and_the_last_has_the_quick_replies() -> None:
    turn = rendered([said(SENTENCE * 60, *ways("More"))])
    assert len(turn.bubbles) == 2
    assert [units(bubble["text"]) <= MOST_TEXT for bubble in turn.bubbles] == [True, True]
    assert all(bubble["text"].endswith("ache.") for bubble in turn.bubbles)
    assert ["quick_replies" in bubble for bubble in turn.bubbles] == [False, True]


# ------------------------------------------------------------------ quick replies


def test_the_last_message_s_buttons_become_quick_replies_and_earlier_ones_go() -> None:
    turn = rendered([said("One.", *ways("Old")), said("Two.", *ways("Yes", "No"))])
    assert turn.bubbles == [
        {"text": "One."},
        {
            "text": "Two.",
            "quick_replies": [
                {"content_type": "text", "title": "Yes", "payload": "/0"},
                {"content_type": "text", "title": "No", "payload": "/1"},
            ],
        },
    ]
    assert turn.offered == [Offer("Yes", "/0"), Offer("No", "/1")]


def test_quick_replies_of_a_last_message_without_words_stand_below_the_one_before() -> None:
    turn = rendered([said("One."), said("", *ways("Yes"))])
    assert [titles(bubble) for bubble in turn.bubbles] == [["Yes"]]


def test_where_the_last_message_offers_nothing_nothing_is_offered() -> None:
    turn = rendered([said("One.", *ways("Old")), said("Two.")])
    assert turn.bubbles == [{"text": "One."}, {"text": "Two."}]
    assert turn.offered == []


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Exactly twenty signs", "Exactly twenty signs"),
        ("What are adjustments?", "What are adjustments"),
        ("What is psoas syndrome?", "What is psoas…"),
        ("Why is it, as I said, so?", "Why is it, as I…"),
        ("Where, as I have asked: there", "Where, as I have…"),
        ("Donaudampfschifffahrtskapitän", "Donaudampfschifffah…"),
        ("!!!!!!!!!!!!!!!!!!!!!!!!!!", "…"),
        ("😀😀😀😀😀😀😀😀😀😀😀", "😀😀😀😀😀😀😀😀😀…"),
    ],
)
def test_a_long_way_on_is_shortened_at_a_word(title: str, shown: str) -> None:
    turn = rendered([said("Well?", *ways(title))])
    assert titles(turn.bubbles[0]) == [shown]
    assert turn.bubbles[0]["text"] == "Well?"
    assert turn.offered == [Offer(title, "/0")]


def test_where_an_answer_is_too_long_all_stand_in_the_text_by_number() -> None:
    turn = rendered([said("Are you pregnant?", *answers("No", "Yes or maybe, no bleeding"))])
    assert turn.bubbles == [
        {
            "text": "Are you pregnant?\n\n1. No\n2. Yes or maybe, no bleeding",
            "quick_replies": [
                {"content_type": "text", "title": "1", "payload": "No"},
                {"content_type": "text", "title": "2", "payload": "Yes or maybe, no bleeding"},
            ],
        }
    ]
    assert turn.offered == [Offer("No", "No", 1), Offer("Yes or maybe, no bleeding", "Yes or maybe, no bleeding", 2)]


def test_ways_on_that_would_look_alike_stand_in_the_text_by_number() -> None:
    turn = rendered([said("Which?", *ways("The way to the office", "The way to the station"))])
    assert turn.bubbles[0]["text"] == "Which?\n\n1. The way to the office\n2. The way to the station"
    assert titles(turn.bubbles[0]) == ["1", "2"]


def test_thirteen_ways_on_can_be_tapped_and_fourteen_are_typed_by_number() -> None:
    thirteen, fourteen = (ways(*(f"Way {number}" for number in range(count))) for count in (13, 14))
    assert len(titles(rendered([said("Which?", *thirteen)]).bubbles[0])) == 13
    turn = rendered([said("Which?", *fourteen)])
    assert "quick_replies" not in turn.bubbles[0]
    assert turn.bubbles[0]["text"].endswith("\n13. Way 12\n14. Way 13")
    assert answered_by_number("14", turn.offered) == Offer("Way 13", "/13", 14)


def test_a_payload_that_meta_does_not_take_is_answered_by_number() -> None:
    turn = rendered([said("Which?", {"title": "This", "payload": "/" + "x" * 1000})])
    assert turn.bubbles == [{"text": "Which?\n\n1. This"}]
    assert answered_by_number("1", turn.offered)


# ------------------------------------------------------------------ answers by number


@pytest.mark.parametrize("text", ["2", " 2 ", "2.", "2)", "#2", "#2.", "02"])
def test_a_number_that_was_shown_is_an_answer(text: str) -> None:
    assert answered_by_number(text, [Offer("a", "a", 1), Offer("b", "b", 2)]) == Offer("b", "b", 2)


@pytest.mark.parametrize(
    "text", ["0", "3", "-1", "2 weeks", "2nd", "no. 2", "two", "1 2", "2.5", "²", "٢", "", "99999"]
)
def test_anything_else_is_none(text: str) -> None:
    assert answered_by_number(text, [Offer("a", "a", 1), Offer("b", "b", 2)]) is None


def test_a_number_is_no_choice_where_no_numbers_are_shown() -> None:
    offered = rendered([said("How bad is it, from 0 to 10?", *answers("2: mild", "5: medium"))]).offered
    assert answered_by_number("2", offered) is None


# ------------------------------------------------------------------ links and phone numbers


def test_links_and_phone_numbers_become_buttons_and_quick_replies_may_stand_beside() -> None:
    [bubble] = rendered([said("How?", WEBSITE, *ways("More"), CALL)]).bubbles
    assert bubble["attachment"]["payload"] == {
        "template_type": "button",
        "text": "How?",
        "buttons": [
            {"type": "web_url", "title": "Chat on our website", "url": "https://www.example.com/#clinic-chat"},
            {"type": "phone_number", "title": "Call the office", "payload": "+19735647676"},
        ],
    }
    assert titles(bubble) == ["More"]


def test_links_of_an_earlier_message_stay() -> None:
    turn = rendered([said("One.", CALL, *ways("Old")), said("Two.")])
    assert "attachment" in turn.bubbles[0]
    assert turn.bubbles[1] == {"text": "Two."}


def test_a_long_text_goes_first_and_its_last_sentences_stand_above_the_buttons() -> None:
    first, template = rendered([said(SENTENCE * 18 + "Shall we talk?", CALL)]).bubbles
    beside = template["attachment"]["payload"]["text"]
    assert first["text"].endswith("ache.")
    assert beside.endswith("ache. Shall we talk?")
    assert f"{first['text']} {beside}" == SENTENCE * 18 + "Shall we talk?"


def test_a_fourth_link_is_written_out() -> None:
    links = [WEBSITE, CALL, WEBSITE | {"title": "Again"}, CALL | {"title": "Then call"}]
    [bubble] = rendered([said("How?", *links)]).bubbles
    assert len(bubble["attachment"]["payload"]["buttons"]) == 3
    assert bubble["attachment"]["payload"]["text"] == "How?\nThen call: +1 (973) 564-7676"


def test_a_number_without_its_country_is_written_out_for_a_button_would_dial_another() -> None:
    assert rendered([said("Now!", {"title": "Emergency", "payload": "tel:911"})]).bubbles == [
        {"text": "Now!\nEmergency: 911"}
    ]


def test_links_without_words_are_written_out() -> None:
    assert rendered([said("", CALL)]).bubbles == [{"text": "Call the office: +1 (973) 564-7676"}]


# ------------------------------------------------------------------ all that the assistant says

RESPONSES: dict[str, list[dict[str, Any]]] = {
    **yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["responses"],
    **triage_domain(the_protocol()).responses,
}


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_every_response_keeps_meta_s_limits_and_loses_no_word(name: str) -> None:
    for variation in RESPONSES[name]:
        # What is filled in while chatting is short but for a list of answers, which stands in for all of it here.
        text = re.sub(r"\{\w+\}", "- Where it hurts: the low back, mostly\n" * 20, variation["text"])
        turn = rendered([said("Before."), said(text, *variation.get("buttons", []))])
        for bubble in turn.bubbles:
            check_message(bubble)
        shown = " ".join(bubble.get("text") or bubble["attachment"]["payload"]["text"] for bubble in turn.bubbles[1:])
        assert shown.split()[: len(text.split())] == text.split()
        for offer in turn.offered:
            assert offer.number is None or f"{offer.number}. {offer.title}" in shown


def test_no_answer_of_triage_is_cut() -> None:
    for question in the_protocol().questions:
        [variation, *_] = RESPONSES[f"utter_ask_triage_form_{question.slot}"]
        [bubble] = rendered([said("Question?", *variation["buttons"])]).bubbles
        for title, shown in zip(question.titles, titles(bubble), strict=True):
            assert title == shown or f"{shown}. {title}" in bubble["text"]


def test_no_question_whose_answer_may_be_a_number_has_numbered_choices() -> None:
    for question in the_protocol().questions:
        if question.kind in ("severity", "duration") or any(option.ages for option in question.options):
            [variation, *_] = RESPONSES[f"utter_ask_triage_form_{question.slot}"]
            assert all(offer.number is None for offer in rendered([said("?", *variation["buttons"])]).offered)


LINKS = st.sampled_from([WEBSITE, CALL, {"title": "Emergency, at any hour", "payload": "tel:911"}])
TITLES = st.text("ab !…😀", min_size=1).filter(str.strip)
CHOICES = st.fixed_dictionaries({"title": TITLES, "payload": st.text("/ab", min_size=1, max_size=1200)})
TEXTS = st.text("ab. \n😀", max_size=3000) | st.just(SENTENCE * 120)
MESSAGES = st.fixed_dictionaries({"text": TEXTS, "buttons": st.lists(LINKS | CHOICES, max_size=20)})


@given(st.lists(MESSAGES, max_size=4))
def test_whatever_is_said_keeps_meta_s_limits_and_what_is_offered_stays_in_order(turn: list[dict[str, Any]]) -> None:
    result = rendered(turn)
    for at, bubble in enumerate(result.bubbles, start=1):
        check_message(bubble)
        assert "quick_replies" not in bubble or at == len(result.bubbles)
    choices = [b for b in turn[-1]["buttons"] if not b["payload"].startswith(("https://", "tel:"))] if turn else []
    assert [(offer.title, offer.payload) for offer in result.offered] == [(b["title"], b["payload"]) for b in choices]
