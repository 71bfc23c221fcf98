"""Finds the days that are named in a line: "tuesday", "next week", "dec 3", "in two weeks", "asap"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.handoff.calendar_days import (
    MONTHS,
    WEEKDAYS,
    WEEKEND,
    WORKDAYS,
    NamedDays,
    calendar_day,
    later,
    month_of,
    next_weekday,
    span,
    week_of,
)
from bot.handoff.time_words import WORDS, Place, TimeProblem, UnusableTimeError, masked
from bot.reading import alternatives

_W = rf"(?:{'|'.join(WEEKDAYS)})"
_M = rf"(?:{'|'.join(MONTHS)})"
TO = alternatives(WORDS["to"])
COUNT = r"\d{1,3}|an?|few|a few|several"
_SPAN_PARTS = {name: alternatives(part["words"]) for name, part in WORDS["parts_of_span"].items()}
_PART = rf"(?:(?P<part>{'|'.join(_SPAN_PARTS.values())}) ?(?:the )?)?"
_NOT_A_DAY = (
    r"(?! ?(?:floor|street|st\b|ave|avenue|visit|time|appointment|appt|week|vertebra|disc|grade|day|available|opening))"
)


@dataclass(frozen=True)
class DayMention:
    """A mention of days, and its place in the line."""

    place: Place
    named: NamedDays


def find_days(line: str, today: date) -> tuple[str, list[DayMention]]:
    """Finds every mention of days.

    Args:
        line: What was typed, as a plain line.
        today: The day at the clinic.

    Returns:
        The line with the mentions masked, and the mentions in their order.

    Raises:
        UnusableTimeError: A date that the calendar does not have.
    """
    mentions = []
    for pattern, reader in _READERS:
        for found in pattern.finditer(line):
            mentions.append(DayMention(Place(*found.span()), reader(found, today)))
            line = masked(line, *found.span())
    return line, sorted(mentions, key=lambda mention: mention.place.start)


def count_of(words: str | None) -> int:
    """How many: "a few" are three."""
    if words is None or words in ("a", "an"):
        return 1
    return int(words) if words.isdigit() else 3


def _checked(day: date, weekday: str | None) -> NamedDays:
    """The day, if it is the weekday that was said with it."""
    if weekday and WEEKDAYS.index(weekday) != day.weekday():
        raise UnusableTimeError(TimeProblem.IMPOSSIBLE)
    return NamedDays(frozenset([day]))


def _read_date(found: re.Match[str], today: date) -> NamedDays:
    """Reads "dec 3", "tuesday, 12/1", "3rd of december 2026", "dec 3-5"."""
    parts = found.groupdict()
    first = calendar_day(parts["month"], parts["day"], parts.get("year"), today)
    if not (last_day := parts.get("last")):
        return _checked(first, parts.get("weekday"))
    last = calendar_day(parts["month"], last_day, str(first.year), today)
    return NamedDays(frozenset([first, last]) if parts["joint"] in ("or", "and", ",") else span(first, last))


def _read_ordinal(found: re.Match[str], today: date) -> NamedDays:
    """Reads "the 3rd", "friday the 4th", "the 28th of next month"."""
    number, weekday = int(found["day"]), found["weekday"]
    if not 1 <= number <= 31:
        raise UnusableTimeError(TimeProblem.IMPOSSIBLE)
    start = 1 if found["which"] == "next" else 0
    for months in range(start, start + 12):
        month = later(today.replace(day=1), months, "month")
        if number > calendar.monthrange(month.year, month.month)[1] or month.replace(day=number) < today:
            continue
        day = month.replace(day=number)
        if weekday is None or WEEKDAYS.index(weekday) == day.weekday():
            return NamedDays(frozenset([day]))
    raise UnusableTimeError(TimeProblem.IMPOSSIBLE)


def _read_distance(found: re.Match[str], today: date) -> NamedDays:
    """Reads "in 3 days", "two weeks from now", "within the next few days"."""
    day = later(today, count_of(found["count"]), found["unit"])
    if found["within"]:
        return NamedDays(span(today, day))
    named = NamedDays(frozenset([day]))
    return replace(named, frame=week_of(day).frame) if found["unit"] != "day" else named


def _part_name(words: str | None) -> str | None:
    """Which part of a week or a month it is."""
    return next((name for name, part in _SPAN_PARTS.items() if words and re.fullmatch(part, words)), None)


def _read_week(found: re.Match[str], today: date) -> NamedDays:
    """Reads "next week", "end of this week", "the week after next"."""
    which = found["which"].removeprefix("the ").strip()
    weeks = {"last": -1, "this": 0, "": 0, "the": 0, "current": 0, "rest of this": 0, "rest of the": 0}.get(which, 1)
    weeks = 2 if found["after_next"] or which == "next next" else weeks
    part = _part_name(found["part"])
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    if part is None or (part == "late" and found["part"].startswith("later")):
        week = week_of(monday)
        left = frozenset(day for day in week.days if day >= today + timedelta(days=part == "late"))
        # On a Saturday "this week" is what is left of it.
        return replace(week, days=left or week.frame & span(today, monday + timedelta(days=6))) if weeks == 0 else week
    first, last = WORDS["parts_of_span"][part]["week"]
    return week_of(monday, range(first, last + 1))


def _read_month(found: re.Match[str], today: date) -> NamedDays:
    """Reads "next month", "early january", "the second week of december"."""
    if name := found.groupdict().get("month"):
        number = MONTHS.index(name) + 1
        year = int(found["year"] or today.year + (number < today.month))
    else:
        year, number = today.year, today.month
        first = later(today.replace(day=1), {"next": 1, "following": 1, "last": -1}.get(found["which"], 0), "month")
        year, number = first.year, first.month
    if week := found.groupdict().get("week"):
        start = calendar.monthrange(year, number)[1] - 6 if week == "last" else 7 * int(week[0]) - 6
        named = month_of(year, number, start, start + 6)
        weekday = found["weekday"]
        return (
            NamedDays(frozenset(day for day in named.days if day.weekday() == WEEKDAYS.index(weekday)))
            if weekday
            else named
        )
    part = _part_name(found["part"])
    return month_of(year, number, *WORDS["parts_of_span"][part]["month"]) if part else month_of(year, number)


def _read_weekdays(found: re.Match[str], today: date) -> NamedDays:
    """Reads "tuesday", "next monday or wednesday", "mondays", "monday to thursday"."""
    names = found["names"]
    indices = [WEEKDAYS.index(name) for name in re.findall(_W, names)]
    if len(indices) == 2 and (found["range"] or found["between"]):
        indices = [day % 7 for day in range(indices[0], indices[0] + (indices[1] - indices[0]) % 7 + 1)]
    which = (found["which"] or "").strip()
    monday = today - timedelta(days=today.weekday())
    if which in ("next", "last"):
        start = monday + timedelta(weeks=1 if which == "next" else -1)
        return NamedDays(frozenset(start + timedelta(days=index) for index in indices))
    if which.startswith("this"):
        return NamedDays(frozenset(next_weekday(index, today) for index in indices))
    is_repeated = which in ("any", "every", "each", "all") or bool(re.search(rf"{_W}s\b", names)) or len(indices) > 1
    return NamedDays(weekdays=frozenset(indices), is_repeated=is_repeated)


def _read_weekend(found: re.Match[str], today: date) -> NamedDays:
    """Reads "this weekend", "next weekend", "weekends"."""
    which = (found["which"] or "").strip()
    if which in ("this", "the", "this coming", "next", "last"):
        weeks = {"next": 1, "last": -1}.get(which, 0)
        days = week_of(today + timedelta(weeks=weeks), WEEKEND).days
        return NamedDays(days, frame=days)
    return NamedDays(weekdays=WEEKEND, is_repeated=True)


def _always(named: NamedDays) -> Callable[[re.Match[str], date], NamedDays]:
    return lambda _, __: named


def _day_from_today(by: int) -> Callable[[re.Match[str], date], NamedDays]:
    return lambda _, today: NamedDays(frozenset([today + timedelta(days=by)]))


_DAY_BEFORE_DATE = rf"(?:(?P<weekday>{_W})s?,? (?:the )?)?"
_SUFFIX = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>(?:19|20)\d\d))?(?!\d)"
_LIST_GAP = rf" ?(?:,|/|&|-|or|and|{TO})(?: (?:or|and|maybe|on))? ?"
_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], NamedDays]]] = [
    (re.compile(pattern), reader)
    for pattern, reader in [
        (r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b", _read_date),
        (
            rf"{_DAY_BEFORE_DATE}(?<![\d/.-])(?P<month>\d{{1,2}})(?P<mark>[/.-])(?P<day>\d{{1,2}})(?P=mark)"
            r"(?P<year>\d{4}|\d{2})(?![\d/])",
            _read_date,
        ),
        (rf"{_DAY_BEFORE_DATE}(?<![\d/.-])(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})(?![\d/])", _read_date),
        (
            rf"\b(?P<week>1st|2nd|3rd|4th|last) (?:full week|week|(?P<weekday>{_W})) (?:of|in) (?:the )?(?:month of )?"
            rf"(?:(?P<month>{_M}){_YEAR}|(?P<which>this|next|following) month)",
            _read_month,
        ),
        (
            rf"{_DAY_BEFORE_DATE}\b(?P<month>{_M})\.? ?(?:the )?(?P<day>\d{{1,2}}){_SUFFIX}\b(?! ?(?:am|pm)\b|:)"
            rf"(?: ?(?P<joint>-|to|through|thru|or|and|,|until)"
            rf" ?(?:the )?(?P<last>\d{{1,2}}){_SUFFIX}\b(?! ?(?:am|pm)\b|[:/]| (?:of )?{_M}))?"
            rf"{_YEAR}",
            _read_date,
        ),
        (
            rf"{_DAY_BEFORE_DATE}\b(?P<day>\d{{1,2}}){_SUFFIX}(?: of)?(?: the month of)? ?(?P<month>{_M})\b{_YEAR}",
            _read_date,
        ),
        (
            rf"{_DAY_BEFORE_DATE}\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)\b"
            rf"(?: (?:of )?(?P<which>this|next|the) month)?{_NOT_A_DAY}",
            _read_ordinal,
        ),
        (rf"{_DAY_BEFORE_DATE}\bon the (?P<day>\d{{1,2}})\b(?P<which>)(?! ?(?:am|pm|:|/|-))", _read_ordinal),
        (
            rf"\b(?:(?P<within>within|(?:in |within |over |during |for )?(?:the )?(?:next|coming))|in)"
            r" (?:the )?(?:next )?(?:about |around )?"
            rf"(?P<count>{COUNT}) (?:more )?(?P<unit>day|week|month)(?:s'?|'s)?(?: time)?\b",
            _read_distance,
        ),
        (rf"\b(?P<count>{COUNT}) (?P<unit>day|week|month)s?(?P<within>) from (?:now|today)\b", _read_distance),
        (
            rf"\b{_PART}"
            r"(?P<which>(?:the )?(?:next next|next|following|coming|this coming|this|last|current|rest of (?:this|the))"
            r"|the) week\b"
            r"(?!s| (?:from|of))(?P<after_next> after next| after(?! ·| \w))?",
            _read_week,
        ),
        (rf"\b{_PART}(?P<which>)(?:the )?week (?P<after_next>after next)\b", _read_week),
        (rf"\b{_PART}(?P<which>this|next|following|the|last|coming) month\b", _read_month),
        (
            rf"\b(?:(?P<part>{'|'.join(_SPAN_PARTS.values())}) ?"
            rf"|(?:{alternatives(WORDS['month_leads'])}) |^(?={_M}\W*$))"
            rf"(?P<month>{_M})\b{_YEAR}(?![ -]?\d)(?P<which>)",
            _read_month,
        ),
        (
            rf"\b(?:(?P<which>this coming|this|next|last|any|every|each|all|coming|following) )?"
            rf"(?P<between>between )?(?P<names>{_W}s?\b"
            rf"(?:(?P<range>(?: ?-| (?:{TO})) ?){_W}s?\b|(?:{_LIST_GAP}{_W}s?\b)*))",
            _read_weekdays,
        ),
        (r"\b(?:(?P<which>this coming|this|the|next|last|any|every) )?weekends?\b", _read_weekend),
        (r"\b(?:any |every )?(?:weekdays?)\b", _always(NamedDays(weekdays=WORKDAYS, is_repeated=True))),
        (r"\btoday\b", _day_from_today(0)),
        (r"\bthis (?=(?:early |late )?(?:morning|afternoon|evening|lunch|night)\b)", _day_from_today(0)),
        (r"\btomorrow\b", _day_from_today(1)),
        (r"\b(?:or|and) the day after(?: that)?\b(?! ?[\w·])", _day_from_today(2)),
        (r"\byesterday\b", _day_from_today(-1)),
        (r"\basap\b", _always(NamedDays(is_soon=True))),
        (r"\banytime\b", _always(NamedDays())),
    ]
]
