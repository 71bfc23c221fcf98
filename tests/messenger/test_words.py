"""The words of the Messenger channel and its profile: whole, plain, within Meta's limits, and leading somewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import textstat
import yaml
from pydantic import ValidationError

from bot.clinic import the_clinic
from bot.messenger.rendering import rendered
from bot.messenger.words import Command, Link, load_words, the_words
from tests.messenger.fake_graph import check_message

FILE = Path("bot/messenger/words.yml")
RAW: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
NAMES = [name for name in RAW if name != "profile"]


def word(name: str) -> str:
    return str(getattr(the_words(), name))


@pytest.mark.parametrize("name", NAMES)
def test_a_word_is_filled_short_plain_and_one_bubble(name: str) -> None:
    text = word(name)
    assert not {"{", "}"} & set(text)
    assert len(text.split()) <= 80
    assert textstat.flesch_kincaid_grade(RAW[name].format(**dict.fromkeys(("phone", "address"), "the office"))) <= 8
    [bubble] = rendered([{"text": text, "buttons": []}]).bubbles
    check_message(bubble)


@pytest.mark.parametrize("name", NAMES)
def test_a_word_names_the_number_for_an_emergency_and_the_office_s(name: str) -> None:
    assert "911" in word(name)
    assert the_clinic().phone in word(name)


@pytest.mark.parametrize("name", ["notice", "notice_with_consent"])
def test_the_notice_says_whose_messenger_is_and_what_was_not_signed(name: str) -> None:
    assert "Messenger belongs to Meta" in word(name)
    assert "HIPAA" in word(name)


def test_the_notices_differ_in_what_may_be_written() -> None:
    assert "please do not write about your health" in word("notice")
    assert "I ask for your agreement before" in word("notice_with_consent")


def test_to_a_location_it_says_that_no_help_comes() -> None:
    assert "cannot see where you are" in word("location")
    assert "cannot send help" in word("location")


def test_every_command_of_the_profile_is_an_intent_of_the_domain() -> None:
    intents = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["intents"]
    known = {name if isinstance(name, str) else next(iter(name)) for name in intents}
    profile = the_words().profile
    commands = [profile.get_started, *(breaker.payload for breaker in profile.ice_breakers)]
    commands += [item.payload for item in profile.persistent_menu if isinstance(item, Command)]
    assert {command.removeprefix("/") for command in commands} <= known


def test_the_greeting_says_what_it_is_that_it_does_not_diagnose_and_whom_to_call() -> None:
    greeting = the_words().profile.greeting
    assert the_clinic().name in greeting
    for told in ("computer", "do not diagnose", "911"):
        assert told in greeting


def test_the_menu_opens_the_clinic_s_website() -> None:
    [link] = [item for item in the_words().profile.persistent_menu if isinstance(item, Link)]
    assert link.url == the_clinic().website


def changed(change: Callable[[dict[str, Any]], Any], folder: Path) -> Path:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    change(content)
    path = folder / "words.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda words: words.pop("picture"), "picture\n  field required"),
        (lambda words: words.update(pictures="x"), "pictures\n  extra fields not permitted"),
        (lambda words: words["profile"].pop("greeting"), "profile -> greeting\n  field required"),
        (lambda words: words["profile"].update(greeting="x" * 161), "profile -> greeting\n  ensure"),
        (lambda words: words["profile"]["ice_breakers"].extend(words["profile"]["ice_breakers"]), "ice_breakers"),
        (lambda words: words["profile"]["persistent_menu"][0].update(title="x" * 31), "persistent_menu"),
        (lambda words: words["profile"].update(get_started="greet"), "get_started"),
    ],
)
def test_a_file_that_is_not_right_is_refused_with_the_key_named(
    change: Callable[[dict[str, Any]], Any], named: str, tmp_path: Path
) -> None:
    with pytest.raises(ValidationError) as error:
        load_words(changed(change, tmp_path))
    assert named in str(error.value)


def test_a_word_that_asks_for_an_unknown_fact_is_refused_with_the_fact_named(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="fax"):
        load_words(changed(lambda words: words.update(picture="Fax {fax}"), tmp_path))
