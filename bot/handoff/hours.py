"""The hours that a patient names: "after 3", "mornings", "between 2 and 4", "3:30"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import time
from itertools import pairwise

from bot.handoff.time_words import (
    MASK,
    WORDS,
    Place,
    TimeProblem,
    UnusableTimeError,
    masked,
    refused_places,
)
from bot.reading import alternatives


@dataclass(frozen=True)
class Hours:
    """Hours of the day that suit; None where they are open."""

    earliest: time | None = None
    latest: time | None = None


@dataclass(frozen=True)
class HourMention:
    """A mention of hours, and its place in the line."""

    place: Place
    hours: Hours


_Half = str | None
"""The half of the day in which a bare hour lies: am, pm."""

_STRONG = r"(?:noon\b|\d{1,2}(?:[:.h ]\d{2})? ?[ap]m\b|\d{3,4} ?[ap]m\b|\d{1,2}:\d{2}\b(?!:)|\d{1,2}h\d{2}\b)"
_CLOCK = rf"(?:{_STRONG}|\d{{1,2}}h\b|\d{{1,2}}(?:[. ]\d{{2}})?\b|\d{{3,4}}\b)"
_FOLLOWED = rf"(?= ?(?:$|[{MASK},.;!?)&+(]|-|(?:{alternatives(WORDS['after_bare_hour'])})\b))(?![./:]\d)"
_CLOCK_PARTS = re.compile(r"(\d{1,2}?)(?:[:.h ]?(\d{2}))?h? ?([ap]m)?")
_ABOUT = r"(?:(?:at|about|around|like|maybe|say|@|~) ?)?"
_AFTER = alternatives(WORDS["after"])
_BEFORE = alternatives(WORDS["before"])
_TO = alternatives(WORDS["to"])
_AFTER_SUFFIX = alternatives(WORDS["after_suffixes"])
_BEFORE_SUFFIX = alternatives(WORDS["before_suffixes"])
_EXACT = alternatives(WORDS["exact"])
_AM = re.compile(rf"\b(?:{alternatives(WORDS['am_words'])})\b")
_PM = re.compile(rf"\b(?:{alternatives(WORDS['pm_words'])})\b")
_FIRST_PM, _NOON, _LAST = 7, 12, 23
_HALVES_FROM = 5

_PARTS: dict[str, Hours] = {
    word: Hours(*(time.fromisoformat(hour) if hour else None for hour in part["hours"]))
    for part in [
        *WORDS["parts"],
        *({"words": [word], "hours": hours} for word, hours in WORDS["part_only_behind_day"].items()),
    ]
    for word in part["words"]
}
_PART_WORDS = [word for part in WORDS["parts"] for word in part["words"]]


def find_hours(line: str) -> tuple[str, list[HourMention]]:
    """Finds every mention of hours.

    Args:
        line: What was typed, as a plain line, with the days masked.

    Returns:
        The line with the mentions masked as well, and the mentions in their order.

    Raises:
        UnusableTimeError: An hour that the clock does not have.
    """
    is_am, is_pm = bool(_AM.search(line)), bool(_PM.search(line))
    half = ("am" if is_am else "pm") if is_am != is_pm else None
    mentions = []
    for pattern, reader in _READERS:
        for found in pattern.finditer(line):
            mentions.append(HourMention(Place(*found.span()), reader(found, half)))
            line = masked(line, *found.span())
    return line, sorted(mentions, key=lambda mention: mention.place.start)


def join_hours(line: str, rest: str, mentions: list[HourMention]) -> Hours:
    """Makes one wish of all hours that were mentioned.

    Args:
        line: What was typed, as a plain line.
        rest: The same with every mention of a time masked.
        mentions: What find_hours found.

    Returns:
        The hours; open where no mention narrows them.

    Raises:
        UnusableTimeError: One window cannot hold it.
    """
    places = refused_places(line, rest, [mention.place for mention in mentions])
    placed = [replace(mention, place=place) for mention, place in zip(mentions, places, strict=True)]
    joined = Hours()
    before: HourMention | None = None
    for mention in placed:
        hours = _others(mention.hours) if mention.place.refused else mention.hours
        is_other = before is not None and _is_alternative(rest[before.place.end : mention.place.start])
        both_suit = before is not None and not before.place.refused and not mention.place.refused
        joined = _either(joined, hours) if is_other and both_suit else _both(joined, hours)
        before = mention
    return joined


def are_of_different_days(without_days: str, mentions: list[HourMention]) -> bool:
    """Whether different hours are told for different days: "monday after 3 or friday before 10"."""
    has_days = len(re.findall(rf"{MASK}+", without_days)) > 1
    pairs = pairwise(mentions)
    return has_days and any(
        one.hours != other.hours and MASK in without_days[one.place.end : other.place.start] for one, other in pairs
    )


def _is_alternative(gap: str) -> bool:
    return bool(re.search(r"\bor\b|\band\b|/|&", gap))


def _others(hours: Hours) -> Hours:
    """The hours besides: before what is open to its end, after what is open to its beginning."""
    if (hours.earliest is None) == (hours.latest is None):
        raise UnusableTimeError(None)
    return Hours(earliest=hours.latest, latest=hours.earliest)


def _both(one: Hours, other: Hours) -> Hours:
    earliest = max(filter(None, [one.earliest, other.earliest]), default=None)
    latest = min(filter(None, [one.latest, other.latest]), default=None)
    is_exact = earliest == latest and Hours(earliest, latest) not in (one, other)
    if earliest and latest and (earliest > latest or is_exact):
        raise UnusableTimeError(None)
    return Hours(earliest, latest)


def _either(one: Hours, other: Hours) -> Hours:
    """The hours of both, if there are none in between."""
    first, second = sorted([one, other], key=lambda hours: hours.earliest or time.min)
    if first != second and (first.latest or time.max) < (second.earliest or time.min):
        raise UnusableTimeError(None)
    is_open = first.latest is None or second.latest is None
    latest = None if is_open else max(filter(None, [first.latest, second.latest]))
    return Hours(first.earliest, latest)


def _clock(words: str, half: _Half) -> time:
    """A time of the clock: bare hours from 1 to 7 are in the afternoon, unless the words tell the half of the day.

    Raises:
        UnusableTimeError: The clock has no such time.
    """
    if words.startswith("noon"):
        return time(_NOON)
    parts = _CLOCK_PARTS.fullmatch(words.strip())
    hour, minute, said = (int(parts[1]), int(parts[2] or 0), parts[3]) if parts else (_LAST + 1, 0, None)
    if said:
        is_clock = 1 <= hour <= _NOON
        hour = hour % _NOON + (_NOON if said == "pm" else 0)
    else:
        is_clock = hour <= _LAST
        hour += _NOON if _is_pm(hour, half, words) else 0
    if not is_clock or minute > 59:
        raise UnusableTimeError(TimeProblem.IMPOSSIBLE)
    return time(hour, minute)


def _is_pm(hour: int, half: _Half, words: str) -> bool:
    """Whether a bare hour lies in the afternoon."""
    if words.startswith("0") or not 1 <= hour < _NOON:
        return False
    return half == "pm" if half and hour >= _HALVES_FROM else hour <= _FIRST_PM


def _read_range(found: re.Match[str], half: _Half) -> Hours:
    """Reads "2 to 4", "between 10 and noon", "9-11am", "2 or 3"."""
    first, last = found["first"], found["last"]
    latest = _clock(last, half)
    said = last[-2:] if last.endswith("m") else None
    earliest = _clock(first, half)
    if said and first[-1].isdigit():
        same = _clock(f"{first.strip()}{said}", half) if int(re.split(r"\D", first)[0]) <= _NOON else earliest
        earliest = same if same < latest else earliest
    if latest <= earliest and last[-1].isdigit() and latest.hour < _NOON:
        latest = latest.replace(hour=latest.hour + _NOON)
    if latest < earliest:
        raise UnusableTimeError(TimeProblem.IMPOSSIBLE)
    return Hours(earliest, latest)


def _read_after(found: re.Match[str], half: _Half) -> Hours:
    return Hours(earliest=_clock(found["clock"], half))


def _read_before(found: re.Match[str], half: _Half) -> Hours:
    return Hours(latest=_clock(found["clock"], half))


def _read_exact(found: re.Match[str], half: _Half) -> Hours:
    at = _clock(found["clock"], half)
    return Hours(at, at)


def _read_part(found: re.Match[str], _: _Half) -> Hours:
    return _PARTS[found["part"]]


_START = r"(?<![\w:/.'-])"
_ANY = rf"(?P<clock>{_STRONG}|{_CLOCK}{_FOLLOWED})"
_PAIR = rf"{_ABOUT}(?P<first>{_CLOCK}) ?(?:{_TO}|or) ?{_ABOUT}(?P<last>{_CLOCK}){_FOLLOWED}"
_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str], _Half], Hours]]] = [
    (re.compile(pattern), reader)
    for pattern, reader in [
        (rf"{_START}(?P<part>{alternatives(['after lunch', 'before lunch'])})\b", _read_part),
        (
            rf"{_START}(?:between|from) ?{_ABOUT}(?P<first>{_CLOCK}) ?(?:{_TO}|and|&)"
            rf" ?{_ABOUT}(?P<last>{_CLOCK}){_FOLLOWED}",
            _read_range,
        ),
        (rf"{_START}(?P<first>{_CLOCK}) ?(?:{_TO}|or|/) ?{_ABOUT}(?P<last>{_STRONG})", _read_range),
        (rf"(?:(?:^|(?<=[{MASK}])[ ,(]*|{_START}(?:{_EXACT}) ?)){_PAIR}", _read_range),
        (rf"{_START}{_PAIR}(?= ?(?:$|[{MASK}]|(?:on|in|this|next) [{MASK}]))", _read_range),
        (rf"{_START}(?P<clock>{_CLOCK}) ?(?:{_AFTER_SUFFIX})(?!\w)", _read_after),
        (rf"{_START}(?P<clock>{_CLOCK}) ?(?:{_BEFORE_SUFFIX})(?!\w)", _read_before),
        (rf"{_START}(?<!no )(?<!not )(?:{_AFTER})(?![a-z]) ?{_ABOUT}{_ANY}", _read_after),
        (rf"{_START}(?:{_BEFORE})(?![a-z]) ?{_ABOUT}{_ANY}", _read_before),
        (rf"{_START}(?:(?:{_EXACT})(?![a-z]) ?)+{_ANY}", _read_exact),
        (rf"{_START}(?P<clock>{_STRONG})", _read_exact),
        (rf"(?<=[{MASK}])[ ,]*(?P<clock>{_CLOCK}){_FOLLOWED}", _read_exact),
        (rf"{_START}(?P<clock>{_CLOCK})(?= ?(?:on |in the )?[{MASK}])", _read_exact),
        (rf"{_START}(?P<part>{alternatives(_PART_WORDS)})\b", _read_part),
        (rf"{_START}(?P<clock>{_CLOCK})(?= ?(?:in the |at |on )?[{MASK}])", _read_exact),
        (rf"(?<=[{MASK}]) (?:in the )?(?P<part>am|pm)\b(?! i\b)", _read_part),
    ]
]
