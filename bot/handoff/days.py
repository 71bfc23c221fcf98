"""The days that a patient names: "tuesday", "next week", "dec 3", "any weekday but friday", "after the 5th"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.handoff.calendar_days import ALL_WEEK, NamedDays, later, next_weekday, span, week_of
from bot.handoff.named_days import COUNT, TO, DayMention, count_of
from bot.handoff.time_words import WORDS, Place, TimeProblem, UnusableTimeError, refused_places
from bot.reading import alternatives


@dataclass(frozen=True)
class Days:
    """Days that suit: all from first to last, or only these weekdays of them."""

    first: date | None = None
    last: date | None = None
    weekdays: tuple[int, ...] = ()
    is_next: bool = False
    """It is the next such weekday: where today's hour has passed, that of next week."""


_ROLES = {
    role: re.compile(rf"(?<!\w)(?:{alternatives(WORDS[f'day_{role}'])})(?: (?:the|on|this|coming))* *$")
    for role in ("from", "until", "after", "before")
}
_LATER = re.compile(rf"[, ]*(?:{alternatives(WORDS['after_suffixes'])})(?!\w)")
_EARLIER = re.compile(rf"[, ]*(?:{alternatives(WORDS['before_suffixes'])})(?!\w)")
_SHIFT = re.compile(rf"(?<!\w)(?:the )?(?:({COUNT}) )?(day|week|month)s? (?:from|after)(?: the)? *$")
_WEEK_OF = re.compile(r"\bweek of *(?:the )?$")
_ANY = re.compile(rf"\b(?:{alternatives(WORDS['but_after'])})\b")
_HISTORY = re.compile(rf"\b(?:{alternatives(WORDS['history'])})\b")


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
    placed = [replace(mention, place=place) for mention, place in zip(mentions, places, strict=True)]
    suited = [mention for mention in placed if not mention.place.refused]
    refused = [mention.named for mention in placed if mention.place.refused]
    if refused and not suited and not _ANY.search(line):
        raise UnusableTimeError(None)
    suited = _ranges(rest, _shifted(rest, suited, today), today)
    bounds, free = _bounds(rest, suited, today)
    return _wish(free, bounds, refused, today)


def _wish(
    free: list[NamedDays], bounds: tuple[date | None, date | None], refused: list[NamedDays], today: date
) -> Days:
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
    weekdays = (weekdays or ALL_WEEK) - refused_weekdays
    if len(weekdays) == 1 and not any(named.is_repeated for named in free):
        day = next_weekday(min(weekdays), start or today)
        return Days(day, day, is_next=True)
    if not weekdays:
        raise UnusableTimeError(None)
    is_from_today = latest is not None or any(named.is_soon for named in free)
    return Days(
        start or (today if is_from_today else None), latest, tuple(sorted(weekdays)) if weekdays != ALL_WEEK else ()
    )


def _in_frame(spans: list[NamedDays], weekdays: frozenset[int], today: date) -> set[date]:
    """The days of the spans; weekdays beside a whole week or month are those in it."""
    if not weekdays:
        return {day for named in spans for day in named.days}
    frame = {day for named in spans for day in named.frame}
    if frame:
        return {day for day in frame if day.weekday() in weekdays}
    return {day for named in spans for day in named.days} | {next_weekday(weekday, today) for weekday in weekdays}


def _from_set(days: set[date], today: date) -> Days:
    """The days as a window, if one can hold exactly these."""
    if days and max(days) < today:
        raise UnusableTimeError(TimeProblem.PAST)
    days = {day for day in days if day >= today}
    if not days:
        raise UnusableTimeError(None)
    first, last = min(days), max(days)
    weekdays = {day.weekday() for day in days}
    between = span(first, last)
    if days == between:
        return Days(first, last)
    if days == {day for day in between if day.weekday() in weekdays}:
        return Days(first, last, tuple(sorted(weekdays)))
    raise UnusableTimeError(None)


def _narrowest(spans: list[NamedDays]) -> list[NamedDays]:
    """The spans without those around another, as "next month" is around "the 5th"."""
    return [span for span in spans if not any(other.days < span.days for other in spans)]


def _shifted(rest: str, mentions: list[DayMention], today: date) -> list[DayMention]:
    """Moves the mentions behind "a week from", "two days after", "the week of"."""
    moved = []
    for mention in mentions:
        days = mention.named.days or frozenset(next_weekday(weekday, today) for weekday in mention.named.weekdays)
        before = rest[: mention.place.start]
        if days and _WEEK_OF.search(before):
            mention = replace(mention, named=week_of(min(days)))
        elif days and (shift := _SHIFT.search(before)):
            by = count_of(shift[1])
            named = NamedDays(frozenset(later(day, by, shift[2]) for day in days))
            mention = replace(mention, named=named, place=replace(mention.place, start=shift.start()))
        moved.append(mention)
    return moved


def _ranges(rest: str, mentions: list[DayMention], today: date) -> list[DayMention]:
    """Joins two mentions with "to" in between to all days from the one to the other."""
    joined: list[DayMention] = []
    for mention in mentions:
        gap = rest[joined[-1].place.end : mention.place.start] if joined else ""
        before = rest[: joined[-1].place.start] if joined else ""
        if re.fullmatch(rf" ?(?:{TO}) ?(?:the )?", gap) or (gap.strip() == "and" and before.endswith("between ")):
            first = _first(joined[-1].named, today)
            last = max(mention.named.days or [_first(mention.named, first)])
            place = Place(len(before.removesuffix("between ").removesuffix("from ")), mention.place.end)
            joined[-1] = DayMention(place, NamedDays(span(first, last)))
        else:
            joined.append(mention)
    return joined


def _bounds(
    rest: str, mentions: list[DayMention], today: date
) -> tuple[tuple[date | None, date | None], list[NamedDays]]:
    """Parts the mentions that bound the days ("after the 5th", "by friday") from those that name them."""
    earliest: date | None = None
    latest: date | None = None
    free: list[NamedDays] = []
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
            # "before the end of the month", said near its end, is up to that end.
            is_until = role == "until" or min(days) <= today <= max(days)
            latest = max(days) if is_until else min(days) - timedelta(days=1)
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


def _first(named: NamedDays, base: date) -> date:
    """The first day that is named, weekdays from a day on."""
    return min(named.days or {next_weekday(weekday, base) for weekday in named.weekdays} or {base})
