"""Reads when a patient would like to come, "tomorrow after 3" or "any weekday morning", and says it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.handoff.days import Days, is_history, join_days, without_past
from bot.handoff.hours import Hours, are_of_different_days, find_hours, join_hours
from bot.handoff.named_days import find_days
from bot.handoff.time_words import WORDS, TimeProblem, UnusableTimeError, has_unread_word, plain_line

_SAID: dict[str, str] = WORDS["said"]
_WEEKDAY_NAMES = [name.title() for name in WORDS["weekdays"]]
_MONTH_NAMES = [name.title() for name in WORDS["months"]]
_NOON = 12
_SHORTEST_RUN = 3
_FARTHEST = timedelta(days=2 * 365)


@dataclass(frozen=True)
class Window:
    """When the patient would like to come, in the clinic's local time.

    Attributes:
        first_day: The first day that suits; None for any day.
        last_day: The last day that suits; None for any day.
        earliest: From when on it suits; None for any time of the day. Equal to `latest` for an exact time.
        latest: Until when it suits; None for any time of the day.
        weekdays: The weekdays that suit, Monday is 0; empty for every day from the first to the last.
    """

    first_day: date | None = None
    last_day: date | None = None
    earliest: time | None = None
    latest: time | None = None
    weekdays: tuple[int, ...] = ()

    @property
    def is_one_day(self) -> bool:
        """Whether only a single day suits."""
        return self.first_day is not None and self.first_day == self.last_day

    def to_dict(self) -> dict[str, str | list[int] | None]:
        """The window as JSON can hold it."""
        moments = {name: getattr(self, name) for name in ("first_day", "last_day", "earliest", "latest")}
        said = {name: moment.isoformat() if moment is not None else None for name, moment in moments.items()}
        return {**said, "weekdays": list(self.weekdays)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Window:
        """The window that `to_dict` wrote."""
        first, last = (date.fromisoformat(data[name]) if data[name] else None for name in ("first_day", "last_day"))
        earliest, latest = (time.fromisoformat(data[name]) if data[name] else None for name in ("earliest", "latest"))
        return cls(first, last, earliest, latest, tuple(data["weekdays"]))


def read_window(text: str, now: datetime) -> Window | TimeProblem | None:
    """Reads when a patient would like to come.

    Args:
        text: What the patient typed; there may be more in it than a time.
        now: The moment, in the clinic's time zone.

    Returns:
        The window; what is wrong with the time; or None where the words hold none that one window can hold:
        such a wish is still a wish, in the patient's own words.
    """
    line = plain_line(text)
    if has_unread_word(line):
        return None
    today = now.date()
    try:
        without_days, day_mentions = find_days(line, today)
        rest, hour_mentions = find_hours(without_days)
        if not (day_mentions or hour_mentions) or is_history(line, day_mentions, today):
            return None
        if are_of_different_days(without_days, hour_mentions):
            return None
        hours = join_hours(line, rest, hour_mentions)
        days = join_days(line, rest, without_past(day_mentions, today), today)
        window = _window(days, hours, now)
    except UnusableTimeError as error:
        return error.problem
    except OverflowError:  # beyond the calendar
        return TimeProblem.IMPOSSIBLE
    return TimeProblem.IMPOSSIBLE if _is_far_away(window, today) else window


def _is_far_away(window: Window | TimeProblem | None, today: date) -> bool:
    """Whether a window names a day that nobody books: a slip of the keys, or worse."""
    days = (window.first_day, window.last_day) if isinstance(window, Window) else ()
    return any(day is not None and day > today + _FARTHEST for day in days)


def window_in_words(window: Window) -> str:
    """Says a window so that receptionist and patient understand the same by it.

    The year is left out: the weekday tells apart the same date of two years.

    Args:
        window: The window.

    Returns:
        Such as "Tuesday, December 1, from 3 pm".
    """
    return _SAID["whole"].format(days=_days_in_words(window), hours=_hours_in_words(window))


def _window(days: Days, hours: Hours, now: datetime) -> Window:
    """Days and hours together; what has passed today is past, or that of next week."""
    first, last = days.first, days.last
    passed = first == now.date() and hours.latest is not None and hours.latest <= now.time()
    if passed and last == first and first is not None:
        if not days.is_next:
            raise UnusableTimeError(TimeProblem.PAST)
        first = last = first + timedelta(weeks=1)
    return Window(first, last, hours.earliest, hours.latest, days.weekdays)


def _days_in_words(window: Window) -> str:
    first, last = (_day_in_words(day) if day else "" for day in (window.first_day, window.last_day))
    if window.is_one_day:
        return first
    if window.first_day and window.last_day and _is_a_pair(window, window.first_day, window.last_day):
        return _SAID["either"].format(first=first, last=last)
    days = _SAID["days" if first and last else "since" if first else "until"].format(first=first, last=last)
    days = days if first or last else ""
    if not window.weekdays:
        return days or _SAID["any_day"]
    return (
        _SAID["parts"].format(weekdays=_SAID["weekdays"].format(weekdays=_weekdays_in_words(window)), days=days).strip()
    )


def _is_a_pair(window: Window, first: date, last: date) -> bool:
    """Whether only the first and the last day suit."""
    between = [first + timedelta(days=day) for day in range(1, min((last - first).days, 7))]
    ends_suit = not window.weekdays or {first.weekday(), last.weekday()} <= set(window.weekdays)
    suits = [day for day in between if not window.weekdays or day.weekday() in window.weekdays]
    return ends_suit and first < last and (last - first).days < 7 and not suits


def _weekdays_in_words(window: Window) -> str:
    names = [_SAID["weekday"].format(weekday=_WEEKDAY_NAMES[day]) for day in window.weekdays]
    is_run = window.weekdays == tuple(range(window.weekdays[0], window.weekdays[-1] + 1))
    if is_run and len(names) >= _SHORTEST_RUN:
        return _SAID["run"].format(first=names[0], last=names[-1])
    return _SAID["and"].join(filter(None, [_SAID["comma"].join(names[:-1]), names[-1]]))


def _day_in_words(day: date) -> str:
    weekday, month = _WEEKDAY_NAMES[day.weekday()], _MONTH_NAMES[day.month - 1]
    return _SAID["day"].format(weekday=weekday, month=month, day=day.day)


def _hours_in_words(window: Window) -> str:
    earliest, latest = (_hour_in_words(hour) if hour else "" for hour in (window.earliest, window.latest))
    if window.earliest is None and window.latest is None:
        return _SAID["any_hour"]
    if window.earliest == window.latest:
        return _SAID["exact"].format(earliest=earliest)
    name = "hours" if earliest and latest else "from" if earliest else "before"
    return _SAID[name].format(earliest=earliest, latest=latest)


def _hour_in_words(hour: time) -> str:
    if hour.minute == 0 and hour.hour % _NOON == 0:
        return _SAID["noon" if hour.hour else "midnight"]
    number = str(hour.hour % _NOON or _NOON) + (f":{hour.minute:02}" if hour.minute else "")
    return _SAID["pm" if hour.hour >= _NOON else "am"].format(hour=number)
