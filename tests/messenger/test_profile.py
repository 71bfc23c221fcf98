"""The command that sets the page's profile: once, and again without a write."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from bot.messenger.__main__ import main
from bot.messenger.profile import FIELDS, as_profile
from bot.messenger.words import the_words
from tests.messenger.fake_graph import FakeGraph

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(graph: FakeGraph, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command `profile` as it is typed, with the settings of the fake; gives exit code and all that is printed."""

    def run(*arguments: str, **environment: str) -> tuple[int, str]:
        for name in [name for name in os.environ if name.startswith("MESSENGER_")]:
            monkeypatch.delenv(name)
        for name, value in {**graph.environment, **environment}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.argv", ["bot.messenger", "profile", *arguments])
        code = main()
        printed = capsys.readouterr()
        return code, (printed.out + printed.err).strip()

    return run


def kinds(graph: FakeGraph) -> list[str]:
    return [call.kind for call in graph.calls]


def test_the_first_time_all_of_it_is_set_in_one_write(graph: FakeGraph, command: Command) -> None:
    assert command() == (0, "set: greeting, get_started, ice_breakers, persistent_menu")
    assert graph.profile == as_profile(the_words().profile)
    assert kinds(graph) == ["read", "write"]


def test_the_second_time_nothing_is_written(graph: FakeGraph, command: Command) -> None:
    command()
    assert command() == (0, "unchanged")
    assert kinds(graph) == ["read", "write", "read"]


def test_what_meta_adds_or_leaves_out_is_no_difference(graph: FakeGraph, command: Command) -> None:
    command()
    [menu] = graph.profile["persistent_menu"]
    del menu["composer_input_disabled"]
    menu["call_to_actions"][-1]["webview_height_ratio"] = "full"
    assert command() == (0, "unchanged")


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("greeting", [{"locale": "default", "text": "Hi"}]),
        ("ice_breakers", []),
        ("get_started", "/greet"),
        ("persistent_menu", [{"locale": "default", "composer_input_disabled": True, "call_to_actions": []}]),
    ],
)
def test_what_differs_alone_is_written(graph: FakeGraph, command: Command, field: str, other: Any) -> None:
    command()
    graph.profile[field] = other
    assert command() == (0, f"set: {field}")
    assert list(graph.calls[-1].payload) == [field, "appsecret_proof"]
    assert graph.profile == as_profile(the_words().profile)


def test_it_can_be_taken_off_and_what_others_set_stays(graph: FakeGraph, command: Command) -> None:
    command()
    graph.profile["whitelisted_domains"] = ["https://www.example.com"]
    assert command("--off") == (0, f"removed: {', '.join(FIELDS)}")
    assert graph.profile == {"whitelisted_domains": ["https://www.example.com"]}
    assert command("--off") == (0, "unchanged")


def test_missing_settings_are_named(graph: FakeGraph, command: Command) -> None:
    code, printed = command(MESSENGER_PAGE_TOKEN="")
    assert code == 1
    assert "MESSENGER_PAGE_TOKEN: is missing" in printed
    code, printed = command(**dict.fromkeys(graph.environment, ""))
    assert code == 1
    assert "Messenger: off" in printed


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"MESSENGER_PAGE_TOKEN": "EAAold"}, "MESSENGER_PAGE_TOKEN is not valid, or no longer. Make a new one"),
        ({"MESSENGER_APP_SECRET": "another"}, "Look at MESSENGER_APP_SECRET"),
        ({"MESSENGER_GRAPH_URL": "http://127.0.0.1:9"}, "Try again in a while"),
    ],
)
def test_a_refusal_says_what_to_do(command: Command, environment: dict[str, str], told: str) -> None:
    code, printed = command(**environment)
    assert code == 1
    assert told in printed
    assert "Traceback" not in printed


def test_after_ten_calls_in_ten_minutes_it_asks_for_patience(command: Command) -> None:
    for _ in range(9):
        assert command()[0] == 0
    code, printed = command()
    assert code == 1
    assert "Wait for ten minutes" in printed
