"""When a patient would like to come, as people type it, and how it is said back."""

from __future__ import annotations

import json
import time as clock
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff.times import TimeProblem, Window, read_window, window_in_words

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=ZoneInfo("America/New_York"))
"""A Wednesday."""

WORDS_OF_TIME = (
    "tomorrow today yesterday monday tues weds friday sat next this last week weekend month in at after before between "
    "until by not no but any or and to the of 3 10 3pm 12:30 25 30th 12/3 dec 3rd february morning afternoon evening "
    "early late end noon asap weekdays days 2 - , from on every can't"
)
windows = st.builds(
    Window,
    st.none() | st.dates(),
    st.none() | st.dates(),
    st.none() | st.times().map(lambda at: at.replace(microsecond=0)),
    st.none() | st.times().map(lambda at: at.replace(microsecond=0)),
    st.lists(st.integers(0, 6), unique=True).map(lambda days: tuple(sorted(days))),
)


def nov(day: int) -> date:
    return date(2026, 11, day)


def dec(day: int) -> date:
    return date(2026, 12, day)


def on(day: date, earliest: int | time | None = None, latest: int | time | None = None) -> Window:
    return between(day, day, earliest, latest)


def between(
    first: date | None, last: date | None, earliest: int | time | None = None, latest: int | time | None = None
) -> Window:
    hours = [time(at) if isinstance(at, int) else at for at in (earliest, latest)]
    return Window(first, last, *hours)


def weekly(weekdays: tuple[int, ...], earliest: int | None = None, latest: int | None = None) -> Window:
    hours = [None if at is None else time(at) for at in (earliest, latest)]
    return Window(None, None, *hours, weekdays=weekdays)


DAYS = [
    ("today", on(nov(25))),
    ("tmrw", on(nov(26))),
    ("the day after tomorrow", on(nov(27))),
    ("today or tomorrow", between(nov(25), nov(26))),
    ("tuesday", on(dec(1))),
    ("next tuesday", on(dec(1))),
    ("next friday", on(dec(4))),
    ("this friday", on(nov(27))),
    ("thurs nxt week", on(dec(3))),
    ("a week from Monday", on(dec(7))),
    ("in two weeks", on(dec(9))),
    ("in 3 days", on(nov(28))),
    ("in a month", on(dec(25))),
    ("next week", between(nov(30), dec(4))),
    ("nextweek", between(nov(30), dec(4))),
    ("the week after next", between(dec(7), dec(11))),
    ("week of december 7", between(dec(7), dec(11))),
    ("end of next week", between(dec(3), dec(4))),
    ("early next month", between(dec(1), dec(10))),
    ("this weekend", between(nov(28), nov(29))),
    ("next weekend saturday", on(dec(5))),
    ("in december", between(dec(1), dec(31))),
    ("Dec 3", on(dec(3))),
    ("12/3", on(dec(3))),
    ("25/12", on(dec(25))),
    ("the 3rd", on(dec(3))),
    ("friday the 4th", on(dec(4))),
    ("the 28th of next month", on(dec(28))),
    ("Thursday, Dec. 3rd, 2026", on(dec(3))),
    ("december fifteenth", on(dec(15))),
    ("dec 3-5", between(dec(3), dec(5))),
    ("between dec 1 and dec 4", between(dec(1), dec(4))),
    ("Aug 5", on(date(2027, 8, 5))),
    ("after the 5th", between(dec(6), None)),
    ("starting next week", between(nov(30), None)),
    ("by friday", between(nov(25), nov(27))),
    ("before friday", between(nov(25), nov(26))),
    ("asap", between(nov(25), None)),
    ("soon as u can pls", between(nov(25), None)),
    ("anytime", Window()),
    ("end of the week", between(nov(26), nov(27))),
    ("before the end of the month", between(nov(25), nov(30))),
    ("the first monday of december", on(dec(7))),
    ("last friday of december", on(dec(25))),
    ("a fortnight from now", on(dec(9))),
    ("fridays in december", Window(dec(4), dec(25), weekdays=(4,))),
    ("next week but not monday", between(dec(1), dec(4))),
    ("thursday is no good, friday is better", on(nov(27))),
    ("if not monday then tuesday", on(dec(1))),
]
WEEKDAYS = [
    ("mondays", weekly((0,))),
    ("weekends", weekly((5, 6))),
    ("Monday or Wednesday afternoon", weekly((0, 2), 12, 17)),
    ("any weekday morning", weekly((0, 1, 2, 3, 4), None, 12)),
    ("after 5 on weekdays", weekly((0, 1, 2, 3, 4), 17)),
    ("any weekday but friday", weekly((0, 1, 2, 3))),
    ("any day but friday", weekly((0, 1, 2, 3, 5, 6))),
    ("mon-thurs after 4", weekly((0, 1, 2, 3), 16)),
    ("between monday and wednesday", weekly((0, 1, 2))),
    ("tues/thurs 9-11", weekly((1, 3), 9, 11)),
]
HOURS = [
    ("tomorrow after 3", on(nov(26), 15)),
    ("any morning next week", between(nov(30), dec(4), None, 12)),
    ("Tuesday at 3:30", on(dec(1), time(15, 30), time(15, 30))),
    ("wednesday at 3", on(nov(25), 15, 15)),
    ("wednesday at 9", on(dec(2), 9, 9)),
    ("3rd of December at noon", on(dec(3), 12, 12)),
    ("between 2 and 4 tomorrow", on(nov(26), 14, 16)),
    ("not before 10 on friday", on(nov(27), 10)),
    ("no later than 11 on tuesday", on(dec(1), None, 11)),
    ("first thing tomorrow", on(nov(26), None, 10)),
    ("tuesdy 530pm", on(dec(1), time(17, 30), time(17, 30))),
    ("wensday aftrnoon", on(nov(25), 12, 17)),
    ("tomorrow3pm", on(nov(26), 15, 15)),
    ("half past 3 on friday", on(nov(27), time(15, 30), time(15, 30))),
    ("quarter to 4 tomorrow", on(nov(26), time(15, 45), time(15, 45))),
    ("friday at 1730", on(nov(27), time(17, 30), time(17, 30))),
    ("7 in the morning on friday", on(nov(27), 7, 7)),
    ("tonight at 8", on(nov(25), 20, 20)),
    ("this afternoon", on(nov(25), 12, 17)),
    ("lunch time on thursday", on(nov(26), 12, 14)),
    ("fri 10-2", on(nov(27), 10, 14)),
    ("11-1pm tomorrow", on(nov(26), 11, 13)),
    ("3 or 4 tomorrow", on(nov(26), 15, 16)),
    ("3ish", between(None, None, 15, 15)),
    ("around 3", between(None, None, 15, 15)),
    ("tomorrow but not in the morning", on(nov(26), 12)),
    ("i can't come before 3", between(None, None, 15)),
    ("i get off work at 5 so anytime after that on tues", on(dec(1), 17)),
]
AMID_OTHER_WORDS = [
    ("i'd like to book an appointment for tomorrow at 3 please", on(nov(26), 15, 15)),
    ("good morning, can i come tomorrow at 4?", on(nov(26), 16, 16)),
    ("hey doc could u squeeze me in 2moro b4 noon 🙏", on(nov(26), None, 12)),
    ("my pain is 7/10 for 2 weeks, can i come on friday", on(nov(27))),
    ("i hurt my back yesterday, can i come tomorrow", on(nov(26))),
    ("tomorrow at 10, call me at 973-555-0188", on(nov(26), 10, 10)),
    ("i can't make it thursday. friday?", on(nov(27))),
]


@pytest.mark.parametrize(("text", "window"), [*DAYS, *WEEKDAYS, *HOURS, *AMID_OTHER_WORDS])
def test_a_time_is_read_as_people_type_it(text: str, window: Window) -> None:
    assert read_window(text, NOW) == window


@pytest.mark.parametrize(
    "text", ["yesterday", "last Monday", "December 3 2024", "today at 8am", "Nov 20", "last week", "today before 9"]
)
def test_a_time_that_has_passed_is_told_from_one_to_come(text: str) -> None:
    assert read_window(text, NOW) is TimeProblem.PAST


@pytest.mark.parametrize(
    "text",
    [
        "February 30",
        "25:00",
        "32nd of May",
        "13/45",
        "at 14 pm",
        "November 31st",
        "8:75 am",
        "monday december 1",
        "tomorrow between 4pm and 2pm",
    ],
)
def test_a_time_that_does_not_exist_is_impossible(text: str) -> None:
    assert read_window(text, NOW) is TimeProblem.IMPOSSIBLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Maria Lopez",
        "April Johnson",
        "973-555-0188",
        "5 out of 10",
        "I have had pain for 3 weeks",
        "it hurts since last tuesday",
        "it started last monday",
        "it is worse in the morning",
        "I may need help",
        "i sat on it",
        "after 2 surgeries",
        "at 3 Main Street",
        "whenever the doctor is free",
        "after Christmas",
        "the friday before christmas",
        "24/7",
        "אני רוצה מחר",
        "🙂🙂",
    ],
)
def test_what_is_no_time_is_not_read_as_one(text: str) -> None:
    assert read_window(text, NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        "not monday",
        "except mondays",
        "monday at 3 doesn't work",
        "tomorrow morning or evening",
        "i prefer mornings but afternoons are ok too",
        "monday morning or wednesday afternoon",
    ],
)
def test_what_one_window_cannot_hold_is_left_in_the_patients_words(text: str) -> None:
    assert read_window(text, NOW) is None


@pytest.mark.parametrize(
    ("now", "text", "window"),
    [
        (datetime(2026, 11, 28, 9), "this week", between(nov(28), nov(29))),
        (datetime(2026, 11, 29, 9), "this weekend", on(nov(29))),
        (datetime(2026, 11, 29, 9), "next week", between(nov(30), dec(4))),
        (datetime(2026, 12, 31, 9), "tomorrow", on(date(2027, 1, 1))),
        (datetime(2027, 1, 5, 9), "dec 20", TimeProblem.PAST),
        (datetime(2026, 12, 20, 9), "the 31st of january", on(date(2027, 1, 31))),
    ],
)
def test_days_are_counted_from_the_clinics_today(now: datetime, text: str, window: Window | TimeProblem) -> None:
    assert read_window(text, now.replace(tzinfo=NOW.tzinfo)) == window


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (on(dec(1), 15), "Tuesday, December 1, from 3 pm"),
        (on(dec(1), time(15, 30), time(15, 30)), "Tuesday, December 1, at 3:30 pm"),
        (on(dec(1)), "Tuesday, December 1, at any time"),
        (
            between(nov(30), dec(4), 8, 12),
            "between Monday, November 30 and Friday, December 4, 8 am to 12 noon",
        ),
        (between(nov(25), nov(26)), "Wednesday, November 25 or Thursday, November 26, at any time"),
        (Window(nov(27), dec(1), weekdays=(1, 4)), "Friday, November 27 or Tuesday, December 1, at any time"),
        (between(nov(25), None), "Wednesday, November 25 or later, at any time"),
        (weekly((0, 2), None, 12), "on Mondays and Wednesdays, until 12 noon"),
        (weekly((0, 1, 2, 3)), "on Mondays to Thursdays, at any time"),
        (
            Window(dec(4), dec(25), weekdays=(4,)),
            "on Fridays between Friday, December 4 and Friday, December 25, at any time",
        ),
        (between(None, None, 0), "any day, from 12 midnight"),
        (Window(), "any day, at any time"),
    ],
)
def test_a_window_is_said_without_ambiguity(window: Window, words: str) -> None:
    assert window_in_words(window) == words


def test_a_window_knows_whether_it_is_one_day() -> None:
    assert on(dec(1)).is_one_day
    assert not Window().is_one_day
    assert not between(dec(1), dec(2)).is_one_day


@given(windows)
def test_a_window_survives_json(window: Window) -> None:
    assert Window.from_dict(json.loads(json.dumps(window.to_dict()))) == window


@given(windows)
def test_every_window_has_words(window: Window) -> None:
    assert window_in_words(window).strip()


@given(
    st.text() | st.lists(st.sampled_from(WORDS_OF_TIME.split()), max_size=8).map(" ".join),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
)
def test_any_text_is_read_without_an_error_and_never_as_a_past_day(text: str, now: datetime) -> None:
    window = read_window(text, now.replace(tzinfo=NOW.tzinfo))
    if isinstance(window, Window):
        assert window.first_day is None or window.first_day >= now.date()
        assert window.last_day is None or (window.first_day is not None and window.first_day <= window.last_day)
        assert window.earliest is None or window.latest is None or window.earliest <= window.latest
        assert window_in_words(window)


@pytest.mark.parametrize("text", ["monday " * 1500, "1" * 10_000, "not " * 2500, "at 3 or " * 1300, "מחר " * 2500])
def test_a_very_long_text_is_read_in_no_time(text: str) -> None:
    started = clock.perf_counter()
    read_window(text, NOW)
    assert clock.perf_counter() - started < 1


@pytest.mark.parametrize(
    "text",
    [
        "i cannot make it until after 4",
        "i'm at work until 4",
        "i have school until 3",
        "i don't get up before 10",
        "10 is too early",
        "i have to work on friday",
        "monday is taken",
        "wednesday instead of tuesday",
        "tuesday before 10 or after 4",
        "20-22 march",
        "two tuesdays from now",
        "the second tuesday in april",
        "the day before friday",
    ],
)
def test_what_hinders_or_counts_in_another_way_is_left_to_the_patients_words(text: str) -> None:
    assert read_window(text, NOW) is None


@pytest.mark.parametrize("text", ["12/31/9999", "week of 12/31/9999", "after 12/31/9999", "friday after 12/31/9999"])
def test_a_day_beyond_the_calendar_is_impossible(text: str) -> None:
    assert read_window(text, NOW) in (TimeProblem.IMPOSSIBLE, None)
