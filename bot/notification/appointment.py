"""The wished time as a calendar entry: tentative, and without a word about who or why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import STATUS, TRANSP, Calendar, Event

from bot.clinic import the_clinic
from bot.handoff.times import Window
from bot.notification.words import the_words

_VISIT = timedelta(minutes=30)


def calendar_entry(window: Window, uid: str, sequence: int, organizer: str, link: str, at: datetime) -> bytes:
    """Writes the iCalendar file of a wished time.

    Args:
        window: What was understood of the wish; one day.
        uid: Names the request in calendars, the same for all its versions.
        sequence: Counts the versions from 0: a later one takes the place of an earlier.
        organizer: The address that the mail comes from.
        link: The request in the inbox.
        at: This moment.

    Returns:
        The file. An hour that is known is in the clinic's time zone; otherwise the entry is for the whole day.

    Raises:
        ValueError: The window is not one day.
    """
    if not window.is_one_day or window.first_day is None:
        raise ValueError("a calendar entry needs one day")
    words, clinic = the_words(), the_clinic()
    start, end = _span(window, window.first_day, ZoneInfo(clinic.time_zone))
    event = Event.new(
        uid=uid,
        sequence=sequence,
        stamp=at,
        start=start,
        end=end,
        status=STATUS.TENTATIVE,
        transparency=TRANSP.TRANSPARENT,  # a wish takes up no time
        organizer=f"mailto:{organizer}",
        summary=words["calendar_summary"],
        description=words["calendar_description"].format(link=link),
    )
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{clinic.name}//assistant//EN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    # the changes of that year are enough, and keep the file short
    calendar.add_missing_timezones(date(start.year, 1, 1), date(start.year + 1, 1, 1))
    file: bytes = calendar.to_ical()
    return file


def _span(window: Window, day: date, zone: ZoneInfo) -> tuple[date, date]:
    """Start and end: moments where the wish names an hour to begin at, else the day and the next."""
    if window.earliest is None:
        return day, day + timedelta(days=1)
    start = datetime.combine(day, window.earliest, zone)
    latest = None if window.latest is None else datetime.combine(day, window.latest, zone)
    return start, start + _VISIT if latest is None or latest <= start else latest
