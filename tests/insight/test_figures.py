"""Figures: counted by week and conversation, and nothing of fewer than three conversations."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from bot.insight.figures import REST, Figures, figures
from bot.storage import Database
from tests.insight.rows import add_turn

NOW = datetime(2026, 3, 4, 17, tzinfo=timezone.utc)  # a Wednesday
ZONE = "America/New_York"


def of(url: str, weeks: int = 2) -> Figures:
    with Database(url).unit_of_work() as session:
        return figures(session, weeks, NOW, ZONE)


def add(url: str, conversations: int, *happened: tuple[str, str], at: datetime = NOW, first: int = 0) -> None:
    database = Database(url)
    for number in range(first, first + conversations):
        add_turn(database, f"c{number}", at, *happened)


def test_without_any_rows_everything_is_nothing(any_database: str) -> None:
    found = of(any_database)
    assert found.weeks == [date(2026, 2, 23), date(2026, 3, 2)]
    assert found.conversations == found.turns == [0, 0]
    assert found.not_understood == [None, None]
    assert found.topics == {}
    assert set(found.triage.values()) | set(found.booking.values()) == {0}


def test_conversations_and_messages_are_counted_by_the_weeks_of_the_clinic(any_database: str) -> None:
    sunday_evening_there = datetime(2026, 3, 2, 4, 59, tzinfo=timezone.utc)
    add(any_database, 4, at=sunday_evening_there)
    add(any_database, 3, at=sunday_evening_there + timedelta(minutes=1))
    add(any_database, 3)
    add(any_database, 9, at=NOW - timedelta(weeks=5))
    assert of(any_database).conversations == [4, 3]
    assert of(any_database).turns == [4, 6]


@pytest.mark.parametrize(("conversations", "told"), [(0, 0), (1, None), (2, None), (3, 3)])
def test_nothing_is_told_of_one_or_two_conversations(any_database: str, conversations: int, told: int | None) -> None:
    everything = [("topic", "ask_causes"), ("alarm", "crisis"), ("triage", "begun"), ("booking", "begun")]
    add(any_database, conversations, *everything, ("unclear", "triage"))
    found = of(any_database, 1)
    assert found.conversations == found.turns == found.alarms["crisis"] == [told]
    assert found.topics.get("ask_causes", [0]) == [told]
    assert found.triage["begun"] == found.booking["begun"] == found.triage["alarm"] == told
    assert found.not_understood == [1.0 if told else None]


def test_a_few_in_a_large_week_are_not_told_either(any_database: str) -> None:
    add(any_database, 10, ("topic", "ask_causes"))
    add(any_database, 2, ("alarm", "emergency"), ("unclear", "booking"), ("topic", "ask_signs"))
    found = of(any_database, 1)
    assert found.conversations == [10]
    assert found.topics == {"ask_causes": [10], "ask_signs": [None]}
    assert found.alarms["emergency"] == [None]
    assert found.not_understood == [None]


def test_a_conversation_counts_once_however_often_it_asks(any_database: str) -> None:
    for _ in range(5):
        add(any_database, 3, ("topic", "ask_causes"))
    assert of(any_database, 1).topics == {"ask_causes": [3]}
    assert of(any_database, 1).turns == [15]


def test_the_ten_most_asked_topics_are_named_and_the_rest_is_one(any_database: str) -> None:
    for number in range(12):
        add(any_database, 20 - number, ("topic", f"topic_{number:02}"))
    topics = of(any_database, 1).topics
    assert list(topics) == [*(f"topic_{number:02}" for number in range(10)), REST]
    assert topics[REST] == [10]


def test_the_share_that_was_not_understood_is_of_typed_messages(any_database: str) -> None:
    add(any_database, 8)
    add(any_database, 4, ("unclear", "not_understood"))
    assert of(any_database, 1).not_understood == [pytest.approx(4 / 12)]


def test_a_step_of_booking_counts_as_reached_where_a_later_one_was(any_database: str) -> None:
    add(any_database, 8, ("booking", "begun"))
    add(any_database, 5, ("booking", "asked_name"))
    add(any_database, 4, ("booking", "asked_time"))
    add(any_database, 3, ("booking", "stored"), ("booking", "changed"))
    booking = of(any_database, 1).booking
    assert list(booking.values()) == [8, 5, 4, 4, 3, 3, 3, 3, 0, 0, 0]


def test_triage_tells_how_it_ended_over_all_weeks(any_database: str) -> None:
    add(any_database, 9, ("triage", "begun"), at=NOW - timedelta(weeks=1))
    add(any_database, 4, ("triage", "routine"))
    add(any_database, 3, ("alarm", "emergency"), first=6)
    add(any_database, 3, ("alarm", "emergency"), first=20)
    triage = of(any_database).triage
    assert (triage["begun"], triage["routine"], triage["alarm"]) == (9, 4, 3)
