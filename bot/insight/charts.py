"""The charts of the page "What patients ask": each a picture with the same numbers as a table beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from matplotlib.figure import Figure

from bot.insight.figures import Count, Figures
from bot.insight.plots import as_svg, bars, columns, heat, line
from bot.insight.words import the_words


class Chart(NamedTuple):
    """A chart of the page.

    Attributes:
        name: Its name among the charts.
        title: Its title.
        about: What it shows.
        svg: The picture, an SVG element; None where there is nothing yet.
        header: The columns of its table.
        rows: The rows of its table, the first cell of each its heading.
    """

    name: str
    title: str
    about: str
    svg: str | None
    header: list[str]
    rows: list[list[str]]


def charts(figures: Figures) -> list[Chart]:
    """The charts of some figures, in the order of the page."""
    return [
        _conversations(figures),
        _not_understood(figures),
        _by_week("topics", "topic", figures, figures.topics),
        _overall("triage", figures.triage),
        _by_week("alarms", "alarm", figures, figures.alarms),
        _overall("booking", figures.booking),
    ]


def _conversations(figures: Figures) -> Chart:
    words = the_words()
    label = words.columns["conversations"]
    picture = columns(figures.weeks, {label: figures.conversations}, words.few_short)
    header = [words.columns["week"], label, words.columns["messages"]]
    numbers = zip(figures.weeks, figures.conversations, figures.turns, strict=True)
    rows = [[str(week), _told(conversations), _told(turns)] for week, conversations, turns in numbers]
    return _chart("conversations", picture, figures.conversations, header, rows)


def _by_week(name: str, kind: str, figures: Figures, counts: Mapping[str, Sequence[Count]]) -> Chart:
    """A chart of several things by week: a table of shades where they are many, columns where they are few."""
    words = the_words()
    named = {words.name(kind, one): values for one, values in counts.items()}
    draw = heat if name == "topics" else columns
    flat = [value for values in counts.values() for value in values]
    picture = draw(figures.weeks, named, words.few_short) if flat else None
    header = [words.columns[kind], *map(str, figures.weeks)]
    rows = [[title, *map(_told, values)] for title, values in named.items()]
    return _chart(name, picture, flat, header, rows)


def _not_understood(figures: Figures) -> Chart:
    words = the_words()
    picture = line(figures.weeks, figures.not_understood)
    header = [words.columns["week"], words.columns["share"]]
    numbers = zip(figures.weeks, figures.not_understood, strict=True)
    rows = [[str(week), words.no_share if share is None else f"{share:.0%}"] for week, share in numbers]
    told = [1 for share in figures.not_understood if share is not None]
    return _chart("not_understood", picture, told, header, rows)


def _overall(kind: str, counts: Mapping[str, Count]) -> Chart:
    words = the_words()
    named = {words.name(kind, one): value for one, value in counts.items()}
    header = [words.columns[kind], words.columns["conversations"]]
    rows = [[title, _told(value)] for title, value in named.items()]
    return _chart(kind, bars(named, words.few_short), counts.values(), header, rows)


def _chart(
    name: str, picture: Figure | None, values: Iterable[Count], header: list[str], rows: list[list[str]]
) -> Chart:
    """A chart with its words; without a picture and a table where everything is nothing."""
    told = the_words().charts[name]
    is_empty = picture is None or all(value == 0 for value in values)
    svg = None if is_empty else as_svg(picture, name, told.title, told.about)
    return Chart(name, told.title, told.about, svg, header, [] if is_empty else rows)


def _told(value: Count) -> str:
    return the_words().few if value is None else str(value)
