"""Counts what happened in conversations over some weeks. A number of fewer than three conversations is not told.

Totals over different numbers of weeks can be subtracted from each other: small numbers are kept from view, not from
somebody who calculates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.insight.turns import TYPED
from bot.storage.models import TurnRow

LEAST = 3
"""The smallest group of conversations whose number is told."""

REST = "rest"
"""All topics besides the most asked ones."""

IN_ALARM = "alarm"
"""Triage that an alarm has interrupted."""

ALARMS = ("emergency", "crisis", "urgent_same_day")
TRIAGE_ENDS = (
    "routine",
    "see_clinician",
    "urgent_same_day",
    "emergency",
    "crisis",
    "ended",
    IN_ALARM,
    "paused",
    "stopped",
)
BOOKING_STEPS = ("begun", "asked_name", "asked_contact", "asked_time", "asked_consent", "asked_confirmation", "stored")
BOOKING_ENDS = ("changed", "cancelled", "declined", "failed")

_MOST_TOPICS = 10
_INTERRUPTING = ("emergency", "crisis")

Count = int | None
"""How many conversations: 0, or LEAST and more; None stands for a number between."""


class Figures(NamedTuple):
    """What happened, week by week (the last one is still going on) or in all the weeks together.

    Attributes:
        weeks: The Mondays that the weeks begin with.
        conversations: How many there were, by week.
        turns: How many messages, by week.
        not_understood: The share of typed messages that was not understood, by week; None where too few say anything.
        topics: The most asked topics, the most asked first, then the REST: conversations by week.
        alarms: The kinds of alarms: conversations by week.
        triage: How many conversations began triage, and the ways in which it ended.
        booking: How many conversations came how far with a request, then what else became of requests.
    """

    weeks: list[date]
    conversations: list[Count]
    turns: list[Count]
    not_understood: list[float | None]
    topics: dict[str, list[Count]]
    alarms: dict[str, list[Count]]
    triage: dict[str, Count]
    booking: dict[str, Count]


Conversations = set[str]
"""Conversations by their pseudonyms."""


class _Week(NamedTuple):
    """A week: kind and name to the conversations in which it happened, and to how often it did."""

    who: Mapping[tuple[str, str], Conversations]
    how_often: Mapping[tuple[str, str], int]

    def of(self, kind: str, name: str | None = None) -> Conversations:
        """The conversations in which a kind happened, of any name or of one."""
        return _together(who for (one, other), who in self.who.items() if one == kind and name in (None, other))

    def times(self, kind: str, name: str | None = None) -> int:
        """How often a kind happened, of any name or of one."""
        return sum(n for (one, other), n in self.how_often.items() if one == kind and name in (None, other))


def figures(session: Session, weeks: int, until: datetime, zone: str) -> Figures:
    """Counts what happened in the last weeks.

    Args:
        session: Of the database.
        weeks: How many weeks, the one that is going on among them.
        until: The moment of asking.
        zone: The clinic's time zone, whose Mondays begin the weeks.

    Returns:
        The figures.
    """
    mondays = _mondays(weeks, until.astimezone(ZoneInfo(zone)).date())
    found = [_read(session, monday, ZoneInfo(zone)) for monday in mondays]
    return Figures(
        weeks=mondays,
        conversations=[_count(week.of("turn")) for week in found],
        turns=[week.times("turn") if _count(week.of("turn")) is not None else None for week in found],
        not_understood=[_share_not_understood(week) for week in found],
        topics=_topics(found),
        alarms={name: [_count(week.of("alarm", name)) for week in found] for name in ALARMS},
        triage=_triage(found),
        booking=_booking(found),
    )


def _mondays(weeks: int, today: date) -> list[date]:
    this_monday = today - timedelta(days=today.weekday())
    return [this_monday - timedelta(weeks=back) for back in reversed(range(weeks))]


def _read(session: Session, monday: date, zone: ZoneInfo) -> _Week:
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (monday, monday + timedelta(weeks=1)))
    what = (TurnRow.kind, TurnRow.name, TurnRow.conversation)
    counted = select(*what, func.count()).where(TurnRow.at >= begin, TurnRow.at < end).group_by(*what)
    who: dict[tuple[str, str], Conversations] = {}
    how_often: Counter[tuple[str, str]] = Counter()
    for kind, name, conversation, times in session.execute(counted):
        who.setdefault((kind, name), set()).add(conversation)
        how_often[kind, name] += times
    return _Week(who, how_often)


def _count(conversations: Conversations) -> Count:
    return len(conversations) if not conversations or len(conversations) >= LEAST else None


def _share_not_understood(week: _Week) -> float | None:
    typed = week.times("turn", TYPED)
    if not _count(week.of("turn", TYPED)) or _count(week.of("unclear")) is None:
        return None
    return min(1.0, week.times("unclear") / typed)


def _topics(weeks: Sequence[_Week]) -> dict[str, list[Count]]:
    """The most asked topics and the rest, by week."""
    asked = Counter(name for week in weeks for kind, name in week.who for _ in week.who[kind, name] if kind == "topic")
    names = [name for name, _ in sorted(asked.items(), key=lambda one: (-one[1], one[0]))]
    most, rest = names[:_MOST_TOPICS], names[_MOST_TOPICS:]
    topics = {name: [_count(week.of("topic", name)) for week in weeks] for name in most}
    if rest:
        topics[REST] = [_count(_together(week.of("topic", name) for name in rest)) for week in weeks]
    return topics


def _triage(weeks: Sequence[_Week]) -> dict[str, Count]:
    """Who began triage, and how it ended; it may have ended more than once."""
    begun = _in_all(weeks, "triage", "begun")
    ended = {name: _in_all(weeks, "triage", name) for name in TRIAGE_ENDS}
    ended[IN_ALARM] = begun & _together(_in_all(weeks, "alarm", name) for name in _INTERRUPTING)
    return {"begun": _count(begun), **{name: _count(who) for name, who in ended.items()}}


def _booking(weeks: Sequence[_Week]) -> dict[str, Count]:
    """Who came how far: a step counts where a later one was reached, since no question is asked that has an answer."""
    reached = [_in_all(weeks, "booking", name) for name in BOOKING_STEPS]
    came_far = {name: _together(reached[place:]) for place, name in enumerate(BOOKING_STEPS)}
    ends = {name: _in_all(weeks, "booking", name) for name in BOOKING_ENDS}
    return {name: _count(who) for name, who in {**came_far, **ends}.items()}


def _in_all(weeks: Iterable[_Week], kind: str, name: str) -> Conversations:
    """The conversations in which something happened in any of the weeks."""
    return _together(week.of(kind, name) for week in weeks)


def _together(groups: Iterable[Conversations]) -> Conversations:
    return set().union(*groups)
