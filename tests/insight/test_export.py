"""Training examples: whatever was typed, Rasa reads each as one plain example of its intent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from bot.insight.export import example, exported
from bot.insight.redaction import redacted


def read(written: str) -> list[tuple[str, str]]:
    """The examples as Rasa reads them, with their intents."""
    data = RasaYAMLReader().reads(written)
    assert data.entity_examples == []
    return [(one.get("text"), one.get("intent")) for one in data.training_examples]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("does yoga help?", "does yoga help?"),
        ("[word] does yoga help [name]", "does yoga help"),
        ("hi, [name], does yoga help", None),
        ("/restart", "restart"),
        ("- it's [ my ](hip) {x}", "it's my hip x"),
        ("it's my (hip) {x}", "it's my hip x"),
        ("a\nb", "a b"),
        ("[word] [number]", None),
        ("?", None),
    ],
)
def test_an_example_is_what_was_typed_without_its_ends_that_were_taken_out(text: str, left: str | None) -> None:
    assert example(text) == left


@given(st.lists(st.tuples(st.text(max_size=40), st.sampled_from(["thank", "ask_causes"])), max_size=5))
def test_rasa_reads_every_example_as_it_was_written(chosen: list[tuple[str, str]]) -> None:
    kept = [(redacted(text), intent) for text, intent in chosen]
    export = exported(kept)
    wanted = {(example(text), intent) for text, intent in kept if example(text)}
    assert sorted(read(export.yaml)) == sorted(wanted)
    assert export.examples == len(wanted)


@pytest.mark.parametrize(
    "typed", ["yes: no", "# a", "- - a", "a #b", "'a", '"a', "a: |", "!a", "&a *b", "%a", "null", "1"]
)
def test_what_yaml_might_take_for_its_own_is_an_example(typed: str) -> None:
    assert read(exported([(typed, "thank")]).yaml) == [(example(typed), "thank")]


def test_the_same_message_is_one_example() -> None:
    export = exported([("a b", "thank"), ("a b", "thank"), ("my [word] b", "thank")])
    assert read(export.yaml) == [("a b", "thank")]
    assert (export.examples, export.left_out) == (1, 1)
