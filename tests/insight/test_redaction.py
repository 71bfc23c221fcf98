"""Redaction: whatever is typed, nothing personal is left."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.insight.gather import gathered
from bot.insight.names import the_names
from bot.insight.redaction import MOST_CHARACTERS, PLACEHOLDER, redacted
from bot.insight.vocabulary import WORD, ordinary_words

PIECES = [
    *("my name is", "i'm", "this is", "call me", "Mrs", "dr", "[name]", "[word]", "[", "]", "@", "x@y.org", "name:"),
    *("973", "555-0188", "5", "nine", "oh", "double", "march", "5th", "42", "spring", "street", "drive", "2 hour"),
    *(
        "will",
        "Will",
        "hope",
        "Grace",
        "brown",
        "Xiomara",
        "kowalski",
        "fox",
        "and",
        "my",
        "back",
        "hurts",
        ".",
        "?",
        "-",
    ),
    *("’s", "\u200b", "①", "½", "٩", "é", "e\u0301", "\n", "_", "İ", "ß", "ﬁ", "'", "''", "😀", "/", "name", "is"),
]
texts = st.text(max_size=80) | st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map(" ".join)
glued = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join)
without_a_space = st.lists(st.sampled_from(["back", "hurts", "42", "[word]", "Kowalski", "'", "?"]), min_size=300).map(
    "/".join
)


@given(text=texts | glued)
@example(text="first name john last name fox")
@example(text="one 2 three 4 five")
@example(text="9\n7\n3-5 5\t5 (01) 88")
def test_only_ordinary_words_small_numbers_and_placeholders_are_left(text: str) -> None:
    left = PLACEHOLDER.sub(" a ", redacted(text))  # a word between what stood beside it
    for word in WORD.findall(left):
        assert word in ordinary_words() or (word.isascii() and word.isdigit() and len(word) <= 2)
    assert not re.search(r"[^\w.,?!:;/%' -]|_", left)
    assert not re.search(r"(?:\d[\W_]*){3}", left)


@given(text=texts | glued)
def test_a_second_redaction_finds_nothing_more(text: str) -> None:
    assert redacted(redacted(text)) == redacted(text)


@given(text=st.text(min_size=400, max_size=4000) | st.lists(st.sampled_from(PIECES), min_size=90).map(" ".join))
def test_the_text_fits_its_column(text: str) -> None:
    assert len(redacted(text)) <= MOST_CHARACTERS


@given(text=without_a_space)
def test_a_long_text_without_a_space_is_cut_in_no_word(text: str) -> None:
    left = redacted(text)
    assert 0 < len(left) <= MOST_CHARACTERS
    assert redacted(left) == left
    assert set(WORD.findall(PLACEHOLDER.sub(" ", left))) <= ordinary_words() | {"42"}


@given(
    name=st.text(st.characters(categories=["L"]), min_size=2, max_size=12),
    frame=st.sampled_from(["{}", "{}?", "ask {}!", "{} and back pain", "{}-{}"]),
)
def test_no_word_is_kept_that_is_not_on_the_list(name: str, frame: str) -> None:
    kept = WORD.findall(PLACEHOLDER.sub(" ", redacted(frame.format(name, name))))
    assert set(kept) <= ordinary_words()


@pytest.mark.parametrize("region", ["US", "GB", "MX", "IN", "CN", "FR"])
@pytest.mark.parametrize("style", [0, 1, 2])
def test_telephone_numbers_of_any_country_and_style_are_taken_out(region: str, style: int) -> None:
    number = phonenumbers.format_number(phonenumbers.example_number(region), style)
    assert redacted(f"call {number} please") == "call [number] please"


@pytest.mark.parametrize(
    "number",
    [
        "nine seven three five five five oh one",
        "9.7.3.5.5",
        "9 7 3 / 5 5 5",
        "973 five 5 five",
        "۹۷۳۵۵۵",
        "one, two, three",
    ],
)
def test_numbers_are_found_however_they_are_written(number: str) -> None:
    assert redacted(f"try {number} today") == "try [number] today"


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("my name is Xiomara Fox and my back hurts", "my name is [name] and my back hurts"),
        ("my name is fox spring and i hurt", "my name is [name] and i hurt"),
        ("i'm will and i hurt", "i'm [name] and i hurt"),
        ("first name john last name fox", "first name [name] last name [name]"),
        ("this is Grace Brown", "this is [name]"),
        ("call me hope", "call me [name]"),
        ("can Grace come", "can [name] come"),
        ("put it under my wife, Sandra Mitchell", "put it under my wife, [name]"),
        ("ask maria brown", "ask [name]"),
        ("I saw Marathon about it", "i saw [word] about it"),
        ("write to d.kowalski+x@mail.example.org today", "write to [e-mail] today"),
        ("i live at 42 Spring Street", "i live at [number]"),
        ("i live at 7 winter drive", "i live at [number]"),
        ("born on march the 5th", "born on [number]"),
        ("born 12 may", "born [number]"),
        ("i am 92 years old", "i am [number] years old"),
    ],
)
def test_names_addresses_and_dates_are_taken_out(typed: str, left: str) -> None:
    assert redacted(typed) == left


@pytest.mark.parametrize(
    "typed",
    [
        "i hope it will get better, may i come in march",
        "call me back tomorrow",
        "a brown spot on my hip, is that bad?",
        "it hurts after a 3 hour drive",
        "i'm young and my doctor said 2 weeks",
        "two or three days",
    ],
)
def test_ordinary_sentences_are_kept(typed: str) -> None:
    assert redacted(typed) == typed


def test_sentences_may_begin_with_a_capital_and_shouting_is_read() -> None:
    assert redacted("My back hurts. Can I come on Monday?") == "my back hurts. can i come on monday?"
    assert redacted("MY BACK HURTS") == "my back hurts"


def test_every_word_of_the_list_is_still_an_ordinary_word() -> None:
    """Where this fails, an example has gone or a name has come: `python -m bot.insight.gather` writes it anew."""
    assert ordinary_words() <= set(gathered())


def test_the_list_has_no_name_that_is_not_an_ordinary_word_as_well() -> None:
    assert ordinary_words() & the_names().never_ordinary == set()
