"""Days of the calendar: a date as it is written, a week, a month, a day some weeks after another."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dateparser.date import DateDataParser  # type: ignore[import-untyped]

from bot.handoff.time_words import WORDS, TimeProblem, UnusableTimeError

WEEKDAYS: list[str] = WORDS["weekdays"]
MONTHS: list[str] = WORDS["months"]
ALL_WEEK = frozenset(range(7))
WORKDAYS = frozenset(range(5))
WEEKEND = frozenset([5, 6])
_LONGEST = 400
_LONG_PAST = 60
_TWO_DIGITS = 100

_CALENDAR = DateDataParser(
    languages=["en"],
    # One set of settings for all days: dateparser keeps its tables for each, and never lets go of them.
    settings={"PARSERS": ["absolute-time"], "DATE_ORDER": "MDY", "STRICT_PARSING": True},
)


@dataclass(frozen=True)
class NamedDays:
    """What one mention names: days of the calendar, weekdays of any week, or any day at all."""

    days: frozenset[date] = frozenset()
    frame: frozenset[date] = frozenset()
    """The whole week or month; a weekday beside it is looked for there."""
    weekdays: frozenset[int] = frozenset()
    is_repeated: bool = False
    is_soon: bool = False


def next_weekday(weekday: int, base: date) -> date:
    """The first such weekday from a day on, that day included."""
    return base + timedelta(days=(weekday - base.weekday()) % 7)


def span(first: date, last: date) -> frozenset[date]:
    """All days from one to another; too many of them are no wish."""
    if not 0 <= (last - first).days <= _LONGEST:
        raise UnusableTimeError(None)
    return frozenset(first + timedelta(days=day) for day in range((last - first).days + 1))


def week_of(day: date, weekdays: Iterable[int] = WORKDAYS) -> NamedDays:
    """Days of the week in which a day lies, from Monday to Friday unless told otherwise."""
    frame = span(day - timedelta(days=day.weekday()), day + timedelta(days=6 - day.weekday()))
    return NamedDays(frozenset(each for each in frame if each.weekday() in weekdays), frame)


def month_of(year: int, month: int, first: int = 1, last: int = 31) -> NamedDays:
    """Days of a month, all of them unless told otherwise."""
    length = calendar.monthrange(year, month)[1]
    frame = span(date(year, month, 1), date(year, month, length))
    return NamedDays(frozenset(day for day in frame if first <= day.day <= last), frame)


def later(day: date, count: int, unit: str) -> date:
    """A day some days, weeks or months after another."""
    if unit != "month":
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def calendar_day(month: str, day: str, year: str | None, today: date) -> date:
    """A day of the calendar; without a year the next such day, or one that has only just passed.

    Raises:
        UnusableTimeError: The calendar has no such day.
    """
    years = [int(year) + (2000 if int(year) < _TWO_DIGITS else 0)] if year else range(today.year - 1, today.year + 2)
    read = [
        _CALENDAR.get_date_data(f"{month}{'/' if month.isdigit() else ' '}{day}/{each:04}").date_obj for each in years
    ]
    days: list[date] = [each.date() for each in read if each]
    if not days:
        raise UnusableTimeError(TimeProblem.IMPOSSIBLE)
    return next((each for each in days if (today - each).days <= _LONG_PAST), days[-1])
