"""Draws figures as SVG for a page that allows no inline styles: presentation attributes, a title, a description."""

from __future__ import annotations

import html
import io
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from bot.insight.figures import LEAST, Count

_COLOURS = ("#0072b2", "#d55e00", "#009e73")  # told apart by the colour-blind as well (Okabe and Ito)
_HATCHES = ("", "//", "--")
_INK, _FAINT = "#1f2d3d", "#d5dbe1"
_WIDTH, _ROW, _COLUMNS_HEIGHT = 6.0, 0.32, 2.5
_MOST_WEEK_LABELS = 8
_MOST_WIDE_CELLS = 12
_LABEL_WIDTH = 36
_STYLE = re.compile(r' style="([^"]*)"')
_OWN_NAMES = re.compile(r'(id="|href="#|url\(#)')


def bars(values: Mapping[str, Count], few: str) -> Figure:
    """Lying bars, one below the other.

    Args:
        values: Label to count.
        few: What is written in the place of a count that is not told.

    Returns:
        The figure.
    """
    figure, axes = _canvas(_ROW * len(values) + 0.3)
    axes.barh(_wrapped(values), [value or 0 for value in values.values()], color=_COLOURS[0], height=0.66)
    for place, value in enumerate(values.values()):
        axes.annotate(
            _told(value, few), (value or 0, place), (4, 0), textcoords="offset points", va="center", color=_INK
        )
    axes.invert_yaxis()
    axes.set_xlim(0, _top(values.values()))
    axes.xaxis.set_visible(False)
    return figure


def columns(weeks: Sequence[date], series: Mapping[str, Sequence[Count]], few: str) -> Figure:
    """Standing columns by week, side by side where there are several series.

    Args:
        weeks: The weeks.
        series: Label to the count of each week.
        few: What is written in the place of a count that is not told.

    Returns:
        The figure.
    """
    figure, axes = _canvas(_COLUMNS_HEIGHT)
    width = 0.8 / len(series)
    for number, (label, values) in enumerate(series.items()):
        places = [week - 0.4 + width * (number + 0.5) for week in range(len(weeks))]
        heights = [value or 0 for value in values]
        look = {"color": _COLOURS[number], "hatch": _HATCHES[number], "edgecolor": "white"}
        axes.bar(places, heights, width=width * 0.92, label=label, linewidth=0, **look)
        for place, value in zip(places, values, strict=True):
            if value != 0:
                axes.annotate(
                    _told(value, few), (place, value or 0), (0, 3), textcoords="offset points", ha="center",
                    fontsize=8 if len(series) == 1 else 7, color=_INK,
                )  # fmt: skip
    _by_week(axes, weeks)
    axes.set_ylim(0, _top(value for values in series.values() for value in values))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    if len(series) > 1:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncol=len(series), frameon=False, labelcolor=_INK)
    return figure


def heat(weeks: Sequence[date], rows: Mapping[str, Sequence[Count]], few: str) -> Figure:
    """A table whose cells are the darker the higher their counts are.

    Args:
        weeks: The weeks, its columns.
        rows: Label to the count of each week.
        few: What is written in the place of a count that is not told.

    Returns:
        The figure.
    """
    figure, axes = _canvas(_ROW * len(rows) + 0.4)
    shades = [[value or 0 for value in values] for values in rows.values()]
    highest = max(1, *(shade for row in shades for shade in row))
    # one square a cell, and no picture: the page's policy allows no data in addresses
    axes.pcolormesh(shades, cmap="Blues", vmin=0, vmax=highest * 1.25, edgecolors="white", linewidth=1.5)
    small = 9 if len(weeks) <= _MOST_WIDE_CELLS else 6
    for row, values in enumerate(rows.values()):
        for column, value in enumerate(values):
            ink = "white" if (value or 0) > highest * 0.6 else _INK
            told = "" if value == 0 else _told(value, few)
            axes.text(column + 0.5, row + 0.5, told, ha="center", va="center", fontsize=small, color=ink)
    axes.set_yticks([place + 0.5 for place in range(len(rows))], _wrapped(rows))
    _by_week(axes, weeks, shift=0.5)
    axes.invert_yaxis()
    axes.spines[["left", "bottom"]].set_visible(False)
    return figure


def line(weeks: Sequence[date], shares: Sequence[float | None]) -> Figure:
    """A line of shares by week, with gaps where nothing is told.

    Args:
        weeks: The weeks.
        shares: The share of each week, from 0 to 1.

    Returns:
        The figure.
    """
    figure, axes = _canvas(_COLUMNS_HEIGHT - 0.4)
    heights = [float("nan") if share is None else share for share in shares]
    axes.plot(range(len(weeks)), heights, marker="o", color=_COLOURS[0], linewidth=2)
    for place, share in enumerate(shares):
        if share is not None:
            axes.annotate(
                f"{share:.0%}", (place, share), (0, 7), textcoords="offset points", ha="center", fontsize=8, color=_INK
            )
    _by_week(axes, weeks)
    axes.set_xlim(-0.5, len(weeks) - 0.5)
    axes.set_ylim(0, max(0.1, *(share or 0 for share in shares)) * 1.25)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    return figure


def as_svg(figure: Figure, name: str, title: str, about: str) -> str:
    """A figure as an SVG element.

    Args:
        figure: The figure.
        name: A name that no other picture of the page has; every id in it begins with it.
        title: Its title, which screen readers say.
        about: What it shows, in a sentence.

    Returns:
        The element, as wide as its place, without inline styles.
    """
    written = io.StringIO()
    figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    start, content = written.getvalue().split("<defs>", 1)
    view = re.search(r'viewBox="[^"]+"', start)
    content = re.sub(r"<style.*?</style>|<!--.*?-->|\n", "", f"<defs>{content}", flags=re.DOTALL)
    content = _OWN_NAMES.sub(rf"\1{name}-", _STYLE.sub(_attributes, content))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{view[0] if view else ""} width="100%" role="img" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-about" '
        f'stroke-linejoin="round" stroke-linecap="butt"><title id="{name}-title">{html.escape(title)}</title>'
        f'<desc id="{name}-about">{html.escape(about)}</desc>{content.strip()}'
    )


def _attributes(style: re.Match[str]) -> str:
    """An inline style as presentation attributes, which every property of Matplotlib's SVG has."""
    pairs = (one.split(":", 1) for one in style[1].split(";") if one.strip())
    return "".join(f' {key.strip()}="{value.strip()}"' for key, value in pairs)


def _canvas(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH, height + 0.4), constrained_layout=True)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_FAINT)
    axes.tick_params(length=0, colors=_INK, labelsize=9.5)
    return figure, axes


def _by_week(axes: Axes, weeks: Sequence[date], shift: float = 0.0) -> None:
    """Names the weeks by their Mondays, some of them where all would be too many."""
    step = -(-len(weeks) // _MOST_WEEK_LABELS)
    shown = range((len(weeks) - 1) % step, len(weeks), step)
    axes.set_xticks([place + shift for place in shown], [f"{weeks[place]:%b} {weeks[place].day}" for place in shown])


def _told(value: Count, few: str) -> str:
    return few if value is None else str(value)


def _top(values: Iterable[Count]) -> float:
    """The end of the scale, with room for the highest number above its column."""
    return max(LEAST, *(value or 0 for value in values)) * 1.15


def _wrapped(labels: Iterable[str]) -> list[str]:
    return [textwrap.shorten(label, _LABEL_WIDTH, placeholder=" ...") for label in labels]
