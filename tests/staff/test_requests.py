"""The requests as the front desk sees and handles them, over each kind of database."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from starlette.testclient import TestClient

from bot.handoff import BookingRequest
from bot.staff import requests
from bot.staff.contact import contact_link
from bot.storage import Database, save_booking_request
from bot.storage.columns import now
from bot.storage.keys import Keyring, new_key
from bot.storage.models import AuditRow, BookingRequestRow, NoteRow
from tests.staff.people import FIRST, FRIDAY, JOHN, MARIA, NAME, ask, audit, mail

ANA = BookingRequest("Ana 张", "+1 201 555 0100", "not before 5", None, "Straße: a stiff hip")


def page(client: TestClient, path: str) -> str:
    """A page of the requests, without its mark-up."""
    answer = client.get(f"/staff/requests/{path}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).replace("&#39;", "'")


def names(client: TestClient, query: str = "") -> list[str]:
    """The names on the list, from the top."""
    return re.findall(r"<bdi>([^<]+)</bdi></a>", client.get(f"/staff/requests/list{query}").text.replace("&#39;", "'"))


def send(client: TestClient, reference: str, what: str, **data: str) -> str:
    """Sends one of a request's forms; gives the page that it leads to."""
    answer = client.post(f"/staff/requests/{reference}/{what}", data=data)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_an_empty_list_says_what_will_appear(kim: TestClient) -> None:
    assert "No requests yet" in page(kim, "list")
    assert "the request appears here" in page(kim, "list")


def test_the_list_shows_what_matters_the_newest_first(kim: TestClient, database: Database) -> None:
    ask(database, MARIA, JOHN, ANA)
    mail(database, 1, sent_at=now())
    mail(database, 2, failure="timeout", attempts=3)
    assert names(kim) == ["Ana 张", "John O'Neill", "Maria Lopez"]
    shown = page(kim, "list")
    assert (
        "Fri, Nov 20, 2026, 9:05 AM New Maria Lopez friday morning Friday, November 27, 9 am to 12 noon Sent" in shown
    )
    assert "10:05 AM New John O'Neill whenever Failing" in shown
    assert "Ana 张 not before 5 Waiting" in shown


def test_the_mail_of_the_newest_version_counts(kim: TestClient, database: Database) -> None:
    save_booking_request(database, "one", "a", MARIA)
    mail(database, 1, sent_at=now())
    save_booking_request(database, "one", "a", replace(MARIA, preferred_time="monday"))
    assert "monday Friday, November 27, 9 am to 12 noon Waiting" in page(kim, "list")
    assert "changed" in page(kim, "list")


def test_the_list_is_narrowed_by_status(kim: TestClient, database: Database) -> None:
    maria, _ = ask(database, MARIA, JOHN)
    send(kim, maria, "status", status="booked", version="1")
    assert names(kim, "?status=booked") == ["Maria Lopez"]
    assert names(kim, "?status=new") == ["John O'Neill"]
    assert names(kim, "?status=closed") == []
    assert names(kim, "?status=nonsense") == ["John O'Neill", "Maria Lopez"]
    assert "All 2 New 1 Contacted 0 Booked 1 Closed 0" in page(kim, "list")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("maria", ["Maria Lopez"]),
        ("LOP", ["Maria Lopez"]),
        ("9735550188", ["Maria Lopez"]),
        ("555-0188", ["Maria Lopez"]),
        ("example.org", ["John O'Neill"]),
        ("o'neill", ["John O'Neill"]),
        ("before  5", ["Ana 张"]),
        ("张", ["Ana 张"]),
        ("STRASSE", ["Ana 张"]),
        ("lower back", ["Maria Lopez"]),
        ("555", ["Ana 张", "Maria Lopez"]),
        ("numb", []),
        ("%", []),
        ("' or 1=1 --", []),
        ("\0", []),
        ("  ", ["Ana 张", "John O'Neill", "Maria Lopez"]),
    ],
)
def test_the_search_finds_parts_of_what_patients_wrote(
    kim: TestClient, database: Database, words: str, found: list[str]
) -> None:
    ask(database, MARIA, JOHN, ANA)
    answer = kim.get("/staff/requests/list", params={"search": words})
    assert answer.status_code == 200
    assert re.findall(r"<bdi>([^<]+)</bdi></a>", answer.text.replace("&#39;", "'")) == found


def test_search_and_status_narrow_together_and_the_search_says_its_limit(kim: TestClient, database: Database) -> None:
    maria, _ = ask(database, MARIA, replace(MARIA, patient_name="Mario Rossi"))
    send(kim, maria, "status", status="closed", version="1")
    assert names(kim, "?search=mari&status=closed") == ["Maria Lopez"]
    assert "newest 2,000 requests" in page(kim, "list")
    assert "No request fits." in page(kim, "list?search=none")


def test_the_search_goes_no_further_than_it_says(
    kim: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(database, MARIA, JOHN, ANA)
    monkeypatch.setattr(requests, "MOST_SEARCHED", 2)
    assert names(kim, "?search=555") == ["Ana 张"]


def test_a_long_list_has_pages_and_odd_numbers_of_them_do_no_harm(kim: TestClient, database: Database) -> None:
    ask(database, *(BookingRequest(f"Patient {number:02}", "x@y.org", "soon") for number in range(50)))
    assert names(kim, "?page=2") == [f"Patient {number:02}" for number in range(24, -1, -1)]
    for odd in ("0", "-7", "3", "99999999999999999999"):
        assert len(names(kim, f"?page={odd}&search=patient")) == 25
    assert kim.get("/staff/requests/list?page=x").status_code == 400
    assert kim.get("/staff/requests/list?pageSize=-1&sortBy=nonsense").status_code == 200
    assert kim.get("/staff/audit/list?page=-1&pageSize=-1&sortBy=nonsense").status_code == 200


def test_a_request_shows_all_that_belongs_to_it(kim: TestClient, database: Database) -> None:
    maria, john = ask(database, MARIA, JOHN)
    shown = page(kim, f"details/{maria}")
    for told in ("Maria Lopez", "(973) 555-0188", "a sore lower back", "- leg: numb", "9 am to 12 noon", maria):
        assert told in shown
    assert 'href="tel:9735550188"' in kim.get(f"/staff/requests/details/{maria}").text
    shown = page(kim, f"details/{john}")
    assert "not understood as a day or time" in shown
    assert "not given, or not shared" in shown
    assert 'href="mailto:john@example.org"' in kim.get(f"/staff/requests/details/{john}").text


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("(973) 555-0188", "tel:9735550188"),
        ("+1 201 555 0100", "tel:+12015550100"),
        ("a@b.org?bcc=c@d.org", None),
        ("a@b.org?bcc=x", "mailto:a@b.org%3Fbcc%3Dx"),
        ("javascript:alert(1)", None),
        ("ask my brother", None),
    ],
)
def test_a_contact_is_a_link_only_where_it_can_be_one(contact: str, link: str | None) -> None:
    assert contact_link(contact) == link


def test_a_note_is_kept_with_author_and_time_and_encrypted(kim: TestClient, database: Database) -> None:
    (maria,) = ask(database, MARIA)
    shown = send(kim, maria, "notes", text="  called twice\r\nmailbox full ")
    assert "The note was added." in shown
    assert "<bdi>called twice\nmailbox full</bdi>" in shown
    assert "<bdi>kim</bdi>, <time" in shown
    with database.unit_of_work() as session:
        assert session.execute(select(NoteRow.author, NoteRow.text)).all() == [("kim", "called twice\nmailbox full")]


@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * 2001], ids=["empty", "blank", "long"])
def test_a_note_that_is_empty_or_too_long_is_refused(kim: TestClient, database: Database, text: str) -> None:
    (maria,) = ask(database, MARIA)
    answer = kim.post(f"/staff/requests/{maria}/notes", data={"text": text})
    assert answer.status_code == 400
    assert "between 1 and 2,000 characters" in answer.text
    assert "No notes yet" in page(kim, f"details/{maria}")
    assert "å" * 2000 in send(kim, maria, "notes", text="å" * 2000)


def test_marking_is_shown_and_goes_into_the_history(kim: TestClient, database: Database) -> None:
    (maria,) = ask(database, MARIA)
    for status in ("contacted", "booked", "closed", "new", "new"):
        assert "The status was saved." in send(kim, maria, "status", status=status, version="1")
    history = page(kim, f"details/{maria}")
    for change in ("new to contacted", "contacted to booked", "booked to closed", "closed to new"):
        assert history.count(f"kim marked a request ({change})") == 1
    assert kim.post(f"/staff/requests/{maria}/status", data={"status": "x", "version": "1"}).status_code == 400


def test_a_change_by_the_patient_meanwhile_does_not_go_unnoticed(kim: TestClient, database: Database) -> None:
    save_booking_request(database, "one", "a", MARIA)
    with database.unit_of_work() as session:
        reference = session.execute(select(BookingRequestRow.reference)).scalar_one()
    save_booking_request(database, "one", "a", replace(MARIA, contact="m@x.org"))
    answer = kim.post(f"/staff/requests/{reference}/status", data={"status": "booked", "version": "1"})
    assert answer.status_code == 409
    assert "The patient has changed this request" in answer.text
    assert names(kim, "?status=new") == ["Maria Lopez"]
    send(kim, reference, "status", status="booked", version="2")
    assert names(kim, "?status=booked") == ["Maria Lopez"]


def test_a_deleted_request_is_gone_with_its_notes_and_its_address_says_so(kim: TestClient, database: Database) -> None:
    maria, _ = ask(database, MARIA, JOHN)
    send(kim, maria, "notes", text="told")
    assert kim.post(f"/staff/requests/{maria}/delete").status_code == 400
    assert names(kim) == ["John O'Neill", "Maria Lopez"]
    assert "The request was deleted." in send(kim, maria, "delete", sure="yes")
    assert names(kim) == ["John O'Neill"]
    with database.unit_of_work() as session:
        assert session.execute(select(NoteRow)).all() == []
    assert (NAME, "deleted a request", maria, None) in audit(database)
    for path in (f"details/{maria}", "details/1", "details/%00", "details/a;b"):
        gone = kim.get(f"/staff/requests/{path}")
        assert gone.status_code == 404
        assert "erased" in gone.text
        assert "its time ran out" in gone.text
    assert kim.post(f"/staff/requests/{maria}/status", data={"status": "new", "version": "1"}).status_code == 404


def test_the_export_holds_what_the_list_was_narrowed_to(kim: TestClient, database: Database) -> None:
    maria, _, _ = ask(database, MARIA, JOHN, ANA)
    send(kim, maria, "status", status="booked", version="1")
    answer = kim.get("/staff/requests/export/csv?status=new&search=555")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="requests-\d{4}-\d\d-\d\d\.csv"', answer.headers["content-disposition"])
    titles, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert titles[:4] == ["Arrived", "Status", "Name", "Contact"]
    assert [line[1:5] for line in lines] == [["New", "Ana 张", "'+1 201 555 0100", "not before 5"]]
    assert len(list(csv.reader(io.StringIO(kim.get("/staff/requests/export/csv").text)))) == 4
    assert [line for line in audit(database) if line[1] == "exported requests"] == [
        (NAME, "exported requests", None, "1, status new, by a search"),
        (NAME, "exported requests", None, "3"),
    ]


def test_the_audit_tells_who_saw_and_changed_what_without_personal_data(kim: TestClient, database: Database) -> None:
    maria, john = ask(database, MARIA, JOHN)
    kim.get("/staff/requests/list?search=Maria+Lopez")
    kim.get(f"/staff/requests/details/{john}")
    kim.post(f"/staff/requests/{maria}/notes", data={"text": "a note on Maria"}, follow_redirects=False)
    kim.get("/staff/requests/export/csv?search=sore")
    told = audit(database)
    assert told[3:] == [
        (NAME, "searched", None, "1 found"),
        (NAME, "opened a request", john, None),
        (NAME, "noted on a request", maria, None),
        (NAME, "exported requests", None, "1, by a search"),
    ]
    assert not re.search("maria|lopez|sore|555-0188|5550188|note on M", f"{told}", re.IGNORECASE)
    shown = kim.get("/staff/audit/list").text
    assert shown.index(">exported requests") < shown.index(">opened a request") < shown.index(">logged in")
    assert f'/staff/requests/details/{maria}">{maria[:8]}</a>' in shown
    assert "opened a request" not in kim.get("/staff/audit/list?search=noted").text
    assert kim.get("/staff/audit/list?search=%00%25").status_code == 200


def test_who_opens_the_list_is_put_down_once_in_ten_minutes(kim: TestClient, database: Database) -> None:
    for query in ("", "?page=2", "?status=new", ""):
        kim.get(f"/staff/requests/list{query}")
    listed = (NAME, "listed requests", None, None)
    assert audit(database).count(listed) == 1
    with database.unit_of_work() as session:
        session.execute(update(AuditRow).values(at=now() - timedelta(minutes=10, seconds=1)))
    kim.get("/staff/requests/list")
    assert audit(database).count(listed) == 2


def test_times_are_those_of_the_clinics_clock() -> None:
    from bot.staff.pages import clinic_time

    assert clinic_time(FIRST) == "Fri, Nov 20, 2026, 9:05 AM"
    assert clinic_time(FIRST.replace(month=7, hour=3)) == "Sun, Jul 19, 2026, 11:05 PM"


LOST = "cannot be opened (key lost)"


@pytest.fixture
def lost(kim: TestClient, database: Database) -> str:
    """The reference of a request between two others that no key opens, with a note of the same key."""
    _, john, _ = ask(database, MARIA, JOHN, ANA)
    send(kim, john, "notes", text="told")
    other = Keyring([new_key()]).encrypt("told")
    with database.unit_of_work() as session:
        session.execute(
            text("update booking_request set contact = :it where reference = :at"), {"it": other, "at": john}
        )
        session.execute(text("update note set text = :it"), {"it": other})
    return john


def test_a_request_that_no_key_opens_is_a_line_that_says_so(kim: TestClient, lost: str) -> None:
    assert names(kim) == ["Ana 张", LOST, "Maria Lopez"]
    assert names(kim, "?search=a") == ["Ana 张", "Maria Lopez"]
    _, *lines = csv.reader(io.StringIO(kim.get("/staff/requests/export/csv").text))
    assert [line[2] for line in lines] == ["Ana 张", LOST, "Maria Lopez"]
    assert lines[1][3:7] == [""] * 4
    assert lines[1][8] == lost


def test_a_request_that_no_key_opens_says_so_and_can_be_handled(kim: TestClient, lost: str) -> None:
    shown = page(kim, f"details/{lost}")
    assert shown.count(LOST) >= 2  # the patient's words, and the note
    assert "not understood as a day" not in shown
    assert "The status was saved." in send(kim, lost, "status", status="closed", version="1")
    assert "The note was added." in send(kim, lost, "notes", text="asked for the key")
    assert "asked for the key" in page(kim, f"details/{lost}")
    assert "The request was deleted." in send(kim, lost, "delete", sure="yes")
    assert names(kim) == ["Ana 张", "Maria Lopez"]


@pytest.mark.parametrize(
    "window",
    [{}, [], "friday", 5, {**FRIDAY, "first_day": "soon"}, {**FRIDAY, "first_day": None, "weekdays": [9]}],
    ids=str,
)
def test_a_window_that_is_none_counts_as_not_understood(kim: TestClient, database: Database, window: object) -> None:
    maria, _ = ask(database, MARIA, JOHN)
    with database.unit_of_work() as session:
        session.execute(update(BookingRequestRow).where(BookingRequestRow.reference == maria).values(window=window))
    assert names(kim) == ["John O'Neill", "Maria Lopez"]
    assert "not understood as a day or time" in page(kim, f"details/{maria}")
