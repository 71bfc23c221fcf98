"""The days that a patient names: "tuesday", "next week", "dec 3", "any weekday but friday", "after the 5th"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dateparser.date import DateDataParser  # type: ignore[import-untyped]

from bot.handoff.time_words import (
    WORDS,
    Place,
    TimeProblem,
    UnusableTimeError,
    is_or,
    masked,
    refused_places,
)
from bot.reading import alternatives


@dataclass(frozen=True)
class Days:
    """Days that suit: all from first to last, or only these weekdays of them."""

    first: date | None = None
    last: date | None = None
    weekdays: tuple[int, ...] = ()
    is_next: bool = False
    """It is the next such weekday: where today's hour has passed, that of next week."""


@dataclass(frozen=True)
class _Named:
    """What one mention names: days of the calendar, weekdays of any week, or any day at all."""

    days: frozenset[date] = frozenset()
    frame: frozenset[date] = frozenset()
    """The whole week or month; a weekday beside it is looked for there."""
    weekdays: frozenset[int] = frozenset()
    is_repeated: bool = False
    is_soon: bool = False


@dataclass(frozen=True)
class DayMention:
    """A mention of days, and its place in the line."""

    place: Place
    named: _Named


_WEEKDAYS: list[str] = WORDS["weekdays"]
_MONTHS: list[str] = WORDS["months"]
_ALL_WEEK = frozenset(range(7))
_WORKDAYS = frozenset(range(5))
_WEEKEND = frozenset([5, 6])
_LONGEST = 400
_LONG_PAST = 60
_TWO_DIGITS = 100

_CALENDAR = DateDataParser(
    languages=["en"],
    # One set of settings for all days: dateparser keeps its tables for each, and never lets go of them.
    settings={"PARSERS": ["absolute-time"], "DATE_ORDER": "MDY", "STRICT_PARSING": True},
)

_W = rf"(?:{'|'.join(_WEEKDAYS)})"
_M = rf"(?:{'|'.join(_MONTHS)})"
_TO = alternatives(WORDS["to"])
_COUNT = r"\d{1,3}|an?|few|a few|several"
_UNIT = r"(day|week|month)(?:s|'s|s')?"
_SPAN_PARTS = {name: alternatives(part["words"]) for name, part in WORDS["parts_of_span"].items()}
_PART = rf"(?:(?P<part>{'|'.join(_SPAN_PARTS.values())}) ?(?:the )?)?"
_NOT_A_DAY = (
    r"(?! ?(?:floor|street|st\b|ave|avenue|visit|time|appointment|appt|week|vertebra|disc|grade|day|available|opening))"
)
_ROLES = {
    role: re.compile(rf"(?<!\w)(?:{alternatives(WORDS[f'day_{role}'])})(?: (?:the|on|this|coming))* *$")
    for role in ("from", "until", "after", "before")
}
_LATER = re.compile(rf"[, ]*(?:{alternatives(WORDS['after_suffixes'])})(?!\w)")
_EARLIER = re.compile(rf"[, ]*(?:{alternatives(WORDS['before_suffixes'])})(?!\w)")
_SHIFT = re.compile(rf"(?<!\w)(?:the )?(?:({_COUNT}) )?{_UNIT} (?:from|after)(?: the)? *$")
_WEEK_OF = re.compile(r"\bweek of *(?:the )?$")
_ANY = re.compile(rf"\b(?:{alternatives(WORDS['but_after'])})\b")
_HISTORY = re.compile(rf"\b(?:{alternatives(WORDS['history'])})\b")


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


def join_days(line: str, rest: str, mentions: list[DayMention], today: date) -> Days:
    """Makes one wish of all days that were mentioned.

    Args:
        line: What was typed, as a plain line.
        rest: The same with every mention of a time masked.
        mentions: What find_days found.
        today: The day at the clinic.

    Returns:
        The days, none of them past; open where no mention narrows them.

    Raises:
        UnusableTimeError: All of it is past, or one window cannot hold it.
    """
    places = refused_places(line, rest, [mention.place for mention in mentions])
    placed = [replace(mention, place=place) for mention, place in zip(mentions, places)]
    suited = [mention for mention in placed if not mention.place.refused]
    refused = [mention.named for mention in placed if mention.place.refused]
    if refused and not suited and not _ANY.search(line):
        raise UnusableTimeError(None)
    suited = _ranges(rest, _shifted(rest, suited, today), today)
    bounds, free = _bounds(rest, suited, today)
    return _wish(free, bounds, refused, today)


def _wish(free: list[_Named], bounds: tuple[date | None, date | None], refused: list[_Named], today: date) -> Days:
    """The days of mentions that are joined by "or", within bounds."""
    earliest, latest = bounds
    weekdays = frozenset[int]().union(*(named.weekdays for named in free))
    spans = _narrowest([named for named in free if named.days])
    refused_weekdays = frozenset[int]().union(*(named.weekdays for named in refused))
    refused_days = frozenset[date]().union(*(named.days for named in refused))
    if spans:
        days = _in_frame(spans, weekdays, today)
        kept = {day for day in days if (earliest or day) <= day <= (latest or day)} - refused_days
        return _from_set({day for day in kept if day.weekday() not in refused_weekdays}, today)
    if refused_days:
        raise UnusableTimeError(None)
    start = max(today, earliest) if earliest else None
    if latest is not None and latest < (start or today):
        raise UnusableTimeError(TimeProblem.PAST)
    weekdays = (weekdays or _ALL_WEEK) - refused_weekdays
    if len(weekdays) == 1 and not any(named.is_repeated for named in free):
        day = _next(min(weekdays), start or today)
        return Days(day, day, is_next=True)
    if not weekdays:
        raise UnusableTimeError(None)
    is_from_today = latest is not None or any(named.is_soon for named in free)
    return Days(
        start or (today if is_from_today else None), latest, tuple(sorted(weekdays)) if weekdays != _ALL_WEEK else ()
    )


def _in_frame(spans: list[_Named], weekdays: frozenset[int], today: date) -> set[date]:
    """The days of the spans; weekdays beside a whole week or month are those in it."""
    if not weekdays:
        return {day for named in spans for day in named.days}
    frame = {day for named in spans for day in named.frame}
    if frame:
        return {day for day in frame if day.weekday() in weekdays}
    return {day for named in spans for day in named.days} | {_next(weekday, today) for weekday in weekdays}


def _from_set(days: set[date], today: date) -> Days:
    """The days as a window, if one can hold exactly these."""
    if days and max(days) < today:
        raise UnusableTimeError(TimeProblem.PAST)
    days = {day for day in days if day >= today}
    if not days:
        raise UnusableTimeError(None)
    first, last = min(days), max(days)
    weekdays = {day.weekday() for day in days}
    between = _span(first, last)
    if days == between:
        return Days(first, last)
    if days == {day for day in between if day.weekday() in weekdays}:
        return Days(first, last, tuple(sorted(weekdays)))
    raise UnusableTimeError(None)


def _narrowest(spans: list[_Named]) -> list[_Named]:
    """The spans without those around another, as "next month" is around "the 5th"."""
    return [span for span in spans if not any(other.days < span.days for other in spans)]


def _shifted(rest: str, mentions: list[DayMention], today: date) -> list[DayMention]:
    """Moves the mentions behind "a week from", "two days after", "the week of"."""
    moved = []
    for mention in mentions:
        days = mention.named.days or frozenset(_next(weekday, today) for weekday in mention.named.weekdays)
        before = rest[: mention.place.start]
        if days and _WEEK_OF.search(before):
            mention = replace(mention, named=_week(min(days)))
        elif days and (shift := _SHIFT.search(before)):
            by = _count(shift[1])
            named = _Named(frozenset(_later(day, by, shift[2]) for day in days))
            mention = replace(mention, named=named, place=replace(mention.place, start=shift.start()))
        moved.append(mention)
    return moved


def _ranges(rest: str, mentions: list[DayMention], today: date) -> list[DayMention]:
    """Joins two mentions with "to" in between to all days from the one to the other."""
    joined: list[DayMention] = []
    for mention in mentions:
        gap = rest[joined[-1].place.end : mention.place.start] if joined else ""
        before = rest[: joined[-1].place.start] if joined else ""
        if re.fullmatch(rf" ?(?:{_TO}) ?(?:the )?", gap) or (gap.strip() == "and" and before.endswith("between ")):
            first = _first(joined[-1].named, today)
            last = max(mention.named.days or [_first(mention.named, first)])
            place = Place(len(before.removesuffix("between ").removesuffix("from ")), mention.place.end)
            joined[-1] = DayMention(place, _Named(_span(first, last)))
        else:
            joined.append(mention)
    return joined


def _bounds(rest: str, mentions: list[DayMention], today: date) -> tuple[tuple[date | None, date | None], list[_Named]]:
    """Parts the mentions that bound the days ("after the 5th", "by friday") from those that name them."""
    earliest: date | None = None
    latest: date | None = None
    free: list[_Named] = []
    frames = [mention for mention in mentions if mention.named.frame and not _role(rest, mention.place)]
    for mention in mentions:
        role = _role(rest, mention.place) if len(mention.named.weekdays) <= 1 else None
        named = mention.named
        if role is None or not (named.days or named.weekdays):
            free.append(named)
            continue
        base = min(frames[0].named.frame) if frames else today
        days = named.days or {_first(named, base)}
        if role in ("from", "after"):
            earliest = min(days) if role == "from" else max(named.frame or days) + timedelta(days=1)
        else:
            latest = max(days) if role == "until" else min(named.frame or days) - timedelta(days=1)
    return (earliest, latest), free


def _role(rest: str, place: Place) -> str | None:
    """Whether a mention is a bound of the days: from, after, until, before."""
    for role, words in _ROLES.items():
        if words.search(rest[: place.start]):
            return role
    if _LATER.match(rest[place.end :]):
        return "from"
    return "until" if _EARLIER.match(rest[place.end :]) else None


def is_history(line: str, mentions: Iterable[DayMention], today: date) -> bool:
    """Whether the message tells of a past day, rather than wishing for it: "it started last monday"."""
    days = frozenset[date]().union(*(mention.named.days for mention in mentions))
    return bool(days) and max(days) < today and bool(_HISTORY.search(line))


def without_past(mentions: list[DayMention], today: date) -> list[DayMention]:
    """The mentions without past days, if any other is left."""
    left = [mention for mention in mentions if not mention.named.days or max(mention.named.days) >= today]
    return left or mentions


def _first(named: _Named, base: date) -> date:
    """The first day that is named, weekdays from a day on."""
    return min(named.days or {_next(weekday, base) for weekday in named.weekdays} or {base})


def _next(weekday: int, base: date) -> date:
    return base + timedelta(days=(weekday - base.weekday()) % 7)


def _span(first: date, last: date) -> frozenset[date]:
    """All days from one to another; too many of them are no wish."""
    if not 0 <= (last - first).days <= _LONGEST:
        raise UnusableTimeError(None)
    return frozenset(first + timedelta(days=day) for day in range((last - first).days + 1))


def _week(day: date, weekdays: Iterable[int] = _WORKDAYS) -> _Named:
    """Days of the week in which a day lies, from Monday to Friday unless told otherwise."""
    frame = _span(day - timedelta(days=day.weekday()), day + timedelta(days=6 - day.weekday()))
    return _Named(frozenset(each for each in frame if each.weekday() in weekdays), frame)


def _month(year: int, month: int, first: int = 1, last: int = 31) -> _Named:
    length = calendar.monthrange(year, month)[1]
    frame = _span(date(year, month, 1), date(year, month, length))
    return _Named(frozenset(day for day in frame if first <= day.day <= last), frame)


def _later(day: date, count: int, unit: str) -> date:
    """A day some days, weeks or months after another."""
    if unit != "month":
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _count(words: str | None) -> int:
    """How many: "a few" are three."""
    if words is None or words in ("a", "an"):
        return 1
    return int(words) if words.isdigit() else 3


def _calendar_day(month: str, day: str, year: str | None, today: date) -> date:
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


def _checked(day: date, weekday: str | None) -> _Named:
    """The day, if it is the weekday that was said with it."""
    if weekday and _WEEKDAYS.index(weekday) != day.weekday():
        raise UnusableTimeError(TimeProblem.IMPOSSIBLE)
    return _Named(frozenset([day]))


def _read_date(found: re.Match[str], today: date) -> _Named:
    """ "dec 3", "tuesday, 12/1", "3rd of december 2026", "dec 3-5"."""
    parts = found.groupdict()
    first = _calendar_day(parts["month"], parts["day"], parts.get("year"), today)
    if not (last_day := parts.get("last")):
        return _checked(first, parts.get("weekday"))
    last = _calendar_day(parts["month"], last_day, str(first.year), today)
    return _Named(frozenset([first, last]) if parts["joint"] in ("or", "and", ",") else _span(first, last))


def _read_ordinal(found: re.Match[str], today: date) -> _Named:
    """ "the 3rd", "friday the 4th", "the 28th of next month"."""
    number, weekday = int(found["day"]), found["weekday"]
    if not 1 <= number <= 31:
        raise UnusableTimeError(TimeProblem.IMPOSSIBLE)
    start = 1 if found["which"] == "next" else 0
    for months in range(start, start + 12):
        month = _later(today.replace(day=1), months, "month")
        if number > calendar.monthrange(month.year, month.month)[1] or month.replace(day=number) < today:
            continue
        day = month.replace(day=number)
        if weekday is None or _WEEKDAYS.index(weekday) == day.weekday():
            return _Named(frozenset([day]))
    raise UnusableTimeError(TimeProblem.IMPOSSIBLE)


def _read_distance(found: re.Match[str], today: date) -> _Named:
    """ "in 3 days", "two weeks from now", "within the next few days"."""
    day = _later(today, _count(found["count"]), found["unit"])
    if found["within"]:
        return _Named(_span(today, day))
    named = _Named(frozenset([day]))
    return replace(named, frame=_week(day).frame) if found["unit"] != "day" else named


def _part_name(words: str | None) -> str | None:
    """Which part of a week or a month it is."""
    return next((name for name, part in _SPAN_PARTS.items() if words and re.fullmatch(part, words)), None)


def _read_week(found: re.Match[str], today: date) -> _Named:
    """ "next week", "end of this week", "the week after next"."""
    which = found["which"].removeprefix("the ").strip()
    weeks = {"last": -1, "this": 0, "": 0, "current": 0, "rest of this": 0, "rest of the": 0}.get(which, 1)
    weeks = 2 if found["after_next"] or which == "next next" else weeks
    part = _part_name(found["part"])
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    if part is None or (part == "late" and found["part"].startswith("later")):
        week = _week(monday)
        left = frozenset(day for day in week.days if day >= today + timedelta(days=part == "late"))
        # On a Saturday "this week" is what is left of it.
        return replace(week, days=left or week.frame & _span(today, monday + timedelta(days=6))) if weeks == 0 else week
    first, last = WORDS["parts_of_span"][part]["week"]
    return _week(monday, range(first, last + 1))


def _read_month(found: re.Match[str], today: date) -> _Named:
    """ "next month", "early january", "the second week of december"."""
    if name := found.groupdict().get("month"):
        number = _MONTHS.index(name) + 1
        year = int(found["year"] or today.year + (number < today.month))
    else:
        year, number = today.year, today.month
        first = _later(today.replace(day=1), {"next": 1, "following": 1, "last": -1}.get(found["which"], 0), "month")
        year, number = first.year, first.month
    if week := found.groupdict().get("week"):
        start = calendar.monthrange(year, number)[1] - 6 if week == "last" else 7 * int(week[0]) - 6
        return _month(year, number, start, start + 6)
    part = _part_name(found["part"])
    return _month(year, number, *WORDS["parts_of_span"][part]["month"]) if part else _month(year, number)


def _read_weekdays(found: re.Match[str], today: date) -> _Named:
    """ "tuesday", "next monday or wednesday", "mondays", "monday to thursday"."""
    names = found["names"]
    indices = [_WEEKDAYS.index(name) for name in re.findall(_W, names)]
    if len(indices) == 2 and (found["range"] or found["between"]):
        indices = [day % 7 for day in range(indices[0], indices[0] + (indices[1] - indices[0]) % 7 + 1)]
    which = (found["which"] or "").strip()
    monday = today - timedelta(days=today.weekday())
    if which in ("next", "last"):
        start = monday + timedelta(weeks=1 if which == "next" else -1)
        return _Named(frozenset(start + timedelta(days=index) for index in indices))
    if which.startswith("this"):
        return _Named(frozenset(_next(index, today) for index in indices))
    is_repeated = which in ("any", "every", "each", "all") or bool(re.search(rf"{_W}s\b", names)) or len(indices) > 1
    return _Named(weekdays=frozenset(indices), is_repeated=is_repeated)


def _read_weekend(found: re.Match[str], today: date) -> _Named:
    """ "this weekend", "next weekend", "weekends"."""
    which = (found["which"] or "").strip()
    if which in ("this", "the", "this coming", "next", "last"):
        weeks = {"next": 1, "last": -1}.get(which, 0)
        days = _week(today + timedelta(weeks=weeks), _WEEKEND).days
        return _Named(days, frame=days)
    return _Named(weekdays=_WEEKEND, is_repeated=True)


def _day_from_today(by: int) -> Callable[[re.Match[str], date], _Named]:
    return lambda _, today: _Named(frozenset([today + timedelta(days=by)]))


_DAY_BEFORE_DATE = rf"(?:(?P<weekday>{_W})s?,? (?:the )?)?"
_SUFFIX = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>(?:19|20)\d\d))?(?!\d)"
_LIST_GAP = rf" ?(?:,|/|&|-|or|and|{_TO})(?: (?:or|and|maybe|on))? ?"
_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], _Named]]] = [
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
            r"\b(?P<week>1st|second|2nd|3rd|4th|last) (?:full )?week (?:of|in) (?:the )?(?:month of )?"
            rf"(?:(?P<month>{_M}){_YEAR}|(?P<which>this|next|following) month)",
            _read_month,
        ),
        (
            rf"{_DAY_BEFORE_DATE}\b(?P<month>{_M})\.? ?(?:the )?(?P<day>\d{{1,2}}){_SUFFIX}\b(?! ?(?:am|pm)\b|:)"
            rf"(?: ?(?P<joint>-|to|through|thru|or|and|,|until) ?(?:the )?(?P<last>\d{{1,2}}){_SUFFIX}\b(?! ?(?:am|pm)\b|[:/]| (?:of )?{_M}))?"
            rf"{_YEAR}",
            _read_date,
        ),
        (
            rf"{_DAY_BEFORE_DATE}\b(?P<day>\d{{1,2}}){_SUFFIX}(?: of)?(?: the month of)? ?(?P<month>{_M})\b{_YEAR}",
            _read_date,
        ),
        (
            rf"{_DAY_BEFORE_DATE}\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)\b(?: (?:of )?(?P<which>this|next|the) month)?{_NOT_A_DAY}",
            _read_ordinal,
        ),
        (rf"{_DAY_BEFORE_DATE}\bon the (?P<day>\d{{1,2}})\b(?P<which>)(?! ?(?:am|pm|:|/|-))", _read_ordinal),
        (
            rf"\b(?:(?P<within>within|(?:in |within |over |during |for )?(?:the )?(?:next|coming))|in) (?:the )?(?:next )?(?:about |around )?"
            rf"(?P<count>{_COUNT}) (?:more )?(?P<unit>day|week|month)(?:s'?|'s)?(?: time)?\b",
            _read_distance,
        ),
        (rf"\b(?P<count>{_COUNT}) (?P<unit>day|week|month)s?(?P<within>) from (?:now|today)\b", _read_distance),
        (
            rf"\b{_PART}(?P<which>(?:the )?(?:next next|next|following|coming|this coming|this|last|current|rest of (?:this|the))|the) week\b"
            r"(?!s| (?:from|of))(?P<after_next> after next| after(?! ·| \w))?",
            _read_week,
        ),
        (rf"\b{_PART}(?P<which>)(?:the )?week (?P<after_next>after next)\b", _read_week),
        (rf"\b{_PART}(?P<which>this|next|following|the|last|coming) month\b", _read_month),
        (
            rf"\b(?:(?P<part>{'|'.join(_SPAN_PARTS.values())}) ?|(?:{alternatives(WORDS['month_leads'])}) |^(?={_M}\W*$))"
            rf"(?P<month>{_M})\b{_YEAR}(?![ -]?\d)(?P<which>)",
            _read_month,
        ),
        (
            rf"\b(?:(?P<which>this coming|this|next|last|any|every|each|all|coming|following) )?(?P<between>between )?(?P<names>{_W}s?\b"
            rf"(?:(?P<range>(?: ?-| (?:{_TO})) ?){_W}s?\b|(?:{_LIST_GAP}{_W}s?\b)*))",
            _read_weekdays,
        ),
        (r"\b(?:(?P<which>this coming|this|the|next|last|any|every) )?weekends?\b", _read_weekend),
        (r"\b(?:any |every )?(?:weekdays?)\b", lambda *_: _Named(weekdays=_WORKDAYS, is_repeated=True)),
        (r"\btoday\b", _day_from_today(0)),
        (r"\bthis (?=(?:early |late )?(?:morning|afternoon|evening|lunch|night)\b)", _day_from_today(0)),
        (r"\btomorrow\b", _day_from_today(1)),
        (r"\b(?:or|and) the day after(?: that)?\b(?! ?[\w·])", _day_from_today(2)),
        (r"\byesterday\b", _day_from_today(-1)),
        (r"\basap\b", lambda *_: _Named(is_soon=True)),
        (r"\banytime\b", lambda *_: _Named()),
    ]
]
