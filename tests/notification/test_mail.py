"""The mail itself: what it says, what it never says, and that no patient's text breaks it."""

from __future__ import annotations

import email
import email.policy
from datetime import date, datetime, time, timedelta, timezone
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bot.handoff.times import Window
from bot.notification.mail import write_mail
from bot.notification.outbox import Notice
from bot.notification.plain import one_line
from bot.notification.settings import SmtpSettings
from bot.notification.words import the_words

AT = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)
DAY = date(2026, 12, 4)
ZONE = ZoneInfo("America/New_York")
SETTINGS = SmtpSettings(
    host="x", recipients="desk@clinic.org,back@clinic.org", sender="assistant@clinic.org", inbox_url="https://in.org"
)


def written(window: Window | None = None, attempt: int = 1, **others: Any) -> EmailMessage:
    """A mail, sent through bytes as a mail server would."""
    told = {
        "reference": "0123abcd",
        "version": 1,
        "patient_name": "Maria Lopez",
        "window": window.to_dict() if window else None,
        **others,
    }
    mail = write_mail(Notice(**told), attempt, SETTINGS, AT)
    raw = mail.as_bytes(policy=email.policy.SMTP)
    assert raw.isascii()  # every server carries it
    assert max(map(len, raw.split(b"\r\n"))) < 998
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert [part.defects for part in parsed.walk()] == [[] for _ in parsed.walk()]
    return parsed


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def calendar(mail: EmailMessage) -> Calendar:
    [part] = mail.iter_attachments()
    assert isinstance(part, EmailMessage)
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params["method"] == "PUBLISH"
    parsed = Calendar.from_ical(part.get_payload(decode=True))
    assert isinstance(parsed, Calendar)
    return parsed


def test_a_mail_says_who_when_and_where_the_rest_is() -> None:
    mail = written(Window(DAY, DAY, time(15)))
    assert mail["Subject"] == "New booking request"
    assert mail["To"] == "desk@clinic.org, back@clinic.org"
    assert mail["From"] == "assistant@clinic.org"
    assert mail["Date"].datetime == AT
    said = body(mail)
    assert "Springfield Chiropractic Center" in said
    assert "Name: Maria Lopez\n" in said
    assert "Wished time: Friday, December 4, from 3 pm\n" in said
    assert "https://in.org/staff/requests/details/0123abcd\n" in said


def test_a_changed_request_is_told_as_such() -> None:
    mail = written(version=3)
    assert mail["Subject"] == "Changed booking request"
    assert "has changed a request" in body(mail)


def test_a_time_that_was_not_understood_is_told_as_such_without_a_calendar_entry() -> None:
    mail = written(None)
    assert "Wished time: in the patient's own words, in the inbox\n" in body(mail)
    assert list(mail.iter_attachments()) == []


def test_several_days_have_no_calendar_entry() -> None:
    assert list(written(Window(DAY, DAY + timedelta(days=2))).iter_attachments()) == []


def test_attempts_differ_by_the_retry_key_alone() -> None:
    first, second = written(attempt=1), written(attempt=2)
    assert first["Message-ID"] == second["Message-ID"] == "<0123abcd.1@www.springfield-chiropractic.com>"
    assert (first["X-Retry-Key"], second["X-Retry-Key"]) == ("0123abcd.1.1", "0123abcd.1.2")
    assert written(version=2)["Message-ID"] != first["Message-ID"]


HARD = {
    "emoji": "Zoë 👩‍👩‍👧 O’Neil",
    "html": "<script>alert('x')</script><b>Maria</b>",
    "sql": "Robert'); DROP TABLE booking_request;--",
    "right to left": "محمد الأحمد שרה כהן",
    "braces": "{link} {0} {name!r} %s",
    "header": "Maria\r\nBcc: thief@x.org\r\n\r\nDear desk, call 555",
    "line separators": "Maria\u2028Contact:\u2029x\x85y\x0bz",
    "override": "Maria \u202etxt.exe\u202c \u2066\u2067\u200f\u061c",
    "half a character": "Ma\ud800ria",
    "controls": "Ma\x00ri\x1b[31ma\x08\x7f",
    "long": "Maria " * 2000,
    "one long word": "ü" * 10_000,
}
UNSEEMLY = set("\ud800\r\x00\x1b\x08\x7f\x85\x0b\u2028\u2029\u202e\u202c\u2066\u2067\u200f\u061c")


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_whatever_a_patient_writes_the_mail_is_well_formed_and_readable(text: str) -> None:
    usual, mail = written(), written(patient_name=text)
    assert mail.items() == usual.items()
    said = body(mail)
    assert len(said.splitlines()) == len(body(usual).splitlines())
    assert not UNSEEMLY & set(said)
    assert len(said) < 1200
    shown = next(line for line in said.splitlines() if line.startswith("Name: ")).removeprefix("Name: ")
    assert shown
    if not UNSEEMLY & set(text) and len(text) <= 80:
        assert shown == text


@given(st.text(max_size=400))
def test_no_text_becomes_more_than_a_line_of_bounded_length(text: str) -> None:
    line = one_line(text, 80)
    assert len(line) <= 80
    assert len(line.splitlines()) <= 1
    assert one_line(line, 80) == line


def test_what_is_cut_off_is_marked() -> None:
    assert one_line("a" * 81, 80) == "a" * 79 + "…"
    assert one_line("a" * 80, 80) == "a" * 80


def test_an_entry_is_tentative_published_and_tells_neither_name_nor_wish() -> None:
    entry = calendar(written(Window(DAY, DAY, time(15)), version=3))
    assert entry["METHOD"] == "PUBLISH"
    [event] = entry.events
    assert event["UID"] == "0123abcd@www.springfield-chiropractic.com"
    assert (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) == ("TENTATIVE", 2, "TRANSPARENT")
    assert event["SUMMARY"] == "Asked for, not booked"
    assert "https://in.org/staff/requests/details/0123abcd" in event["DESCRIPTION"]
    assert event["DTSTAMP"].dt == AT
    assert event["ORGANIZER"] == "mailto:assistant@clinic.org"
    for told in ("Maria", "friday after 3"):
        assert told not in entry.to_ical().decode()


@pytest.mark.parametrize(
    ("earliest", "latest", "start", "end"),
    [
        (time(15), time(15), time(15), time(15, 30)),
        (time(15), time(17), time(15), time(17)),
        (time(15), None, time(15), time(15, 30)),
        (time(15), time(14), time(15), time(15, 30)),
        (time(0), None, time(0), time(0, 30)),
    ],
)
def test_a_known_hour_is_in_the_clinic_s_zone(earliest: time, latest: time | None, start: time, end: time) -> None:
    entry = calendar(written(Window(DAY, DAY, earliest, latest)))
    [event] = entry.events
    assert (event.start, event.end) == (datetime.combine(DAY, start, ZONE), datetime.combine(DAY, end, ZONE))
    assert event["DTSTART"].params["TZID"] == "America/New_York"
    [zone] = entry.timezones
    told = zone.to_tz(lookup_tzid=False)
    for month in (1, 6, 12):
        moment = datetime(2026, month, 15, 12)
        assert moment.replace(tzinfo=told).utcoffset() == moment.replace(tzinfo=ZONE).utcoffset()


@pytest.mark.parametrize("latest", [None, time(11)])
def test_without_an_hour_to_begin_at_the_entry_is_for_the_day(latest: time | None) -> None:
    entry = calendar(written(Window(DAY, DAY, None, latest)))
    [event] = entry.events
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (DAY, DAY + timedelta(days=1))
    assert entry.timezones == []


def test_an_evening_that_ends_at_midnight_of_new_year_is_told_rightly() -> None:
    day = date(2026, 12, 31)
    [event] = calendar(written(Window(day, day, time(23, 45)))).events
    assert event.end == datetime(2027, 1, 1, 0, 15, tzinfo=ZONE)


def test_no_wording_has_a_place_for_what_mail_must_not_tell() -> None:
    places = {"contact", "reason", "answers", "notes"}
    for name, words in the_words().items():
        assert not any(f"{{{place}}}" in words for place in places), name
