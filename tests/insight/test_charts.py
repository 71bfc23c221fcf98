"""Charts: well-formed pictures with titles, and words for everything that is counted."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree

from bot.insight.charts import Chart, charts
from bot.insight.figures import ALARMS, BOOKING_ENDS, BOOKING_STEPS, REST, TRIAGE_ENDS, Count, Figures
from bot.insight.turns import turns_file
from bot.insight.words import the_words

SVG = "{http://www.w3.org/2000/svg}"


def drawn(weeks: int, count: Count) -> list[Chart]:
    """The charts of figures that are all the same."""
    mondays = [date(2026, 1, 5) + timedelta(weeks=number) for number in range(weeks)]
    counts: list[Count] = [count] * weeks
    shares = [0.5 if count else None] * weeks
    return charts(
        Figures(
            mondays, counts, counts, shares, {"ask_causes": counts, REST: counts}, dict.fromkeys(ALARMS, counts),
            dict.fromkeys(("begun", *TRIAGE_ENDS), count), dict.fromkeys((*BOOKING_STEPS, *BOOKING_ENDS), count),
        )
    )  # fmt: skip


def test_every_picture_is_well_formed_and_has_a_title_and_a_description() -> None:
    for weeks in (1, 4, 26):
        for chart in drawn(weeks, 7):
            root = ElementTree.fromstring(chart.svg or "")  # noqa: S314  # our own
            assert root.find(f"{SVG}title").text == chart.title  # type: ignore[union-attr]
            assert root.find(f"{SVG}desc").text == chart.about  # type: ignore[union-attr]


def test_no_name_within_the_pictures_of_a_page_occurs_twice() -> None:
    names = [name for chart in drawn(8, 7) for name in re.findall(r'\bid="([^"]+)"', chart.svg or "")]
    assert len(names) == len(set(names))


def test_a_number_that_is_not_told_is_in_no_table() -> None:
    for chart in drawn(3, None):
        cells = [cell for row in chart.rows for cell in row[1:]]
        assert set(cells) <= {the_words().few, the_words().no_share}


def test_where_nothing_happened_there_is_neither_picture_nor_table() -> None:
    assert all(chart.svg is None and chart.rows == [] for chart in drawn(3, 0))


def test_everything_that_is_counted_has_a_title() -> None:
    words = the_words()
    shown = {"alarm": ALARMS, "triage": TRIAGE_ENDS, "booking": (*BOOKING_STEPS, *BOOKING_ENDS), "topic": (REST,)}
    counted = [pair for names in turns_file().happens.values() for pair in names.items() if pair[0] == "topic"]
    for kind, name in [*counted, *((kind, name) for kind, names in shown.items() for name in names)]:
        assert words.name(kind, name) != name


def test_every_outcome_and_step_that_is_recorded_is_counted_in_a_chart() -> None:
    recorded = {pair for names in turns_file().happens.values() for pair in names.items()}
    shown = {"alarm": {*ALARMS}, "triage": {"begun", *TRIAGE_ENDS}, "booking": {*BOOKING_STEPS, *BOOKING_ENDS}}
    optional = {"asked_reason", "asked_answers"}  # questions that not everybody is asked
    for kind, names in shown.items():
        assert {name for one, name in recorded if one == kind} - optional <= names
