"""Who gets in: by a right password, not too often, for a while, and no longer than the user may."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from bot.staff import sessions, staff_app, throttle
from bot.staff.passwords import is_right
from bot.staff.users import UserError, set_password, shut_out
from bot.storage import Database
from bot.storage.models import LoginFailureRow, StaffUserRow
from tests.staff.conftest import SITE, log_in, opened
from tests.staff.people import NAME, PASSWORD, SECRET, audit

WRONG = "a loud evening in June"


def is_in(client: TestClient) -> bool:
    return client.get("/staff/requests/list", follow_redirects=False).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/staff/",
        "/staff/requests/list",
        "/staff/requests/details/1",
        "/staff/requests/export/csv",
        "/staff/requests/ajax/lookup?name=a&term=b",
        "/staff/asked",
        "/staff/not-understood",
        "/staff/audit/list",
        "/staff/anything",
    ],
)
def test_nobody_sees_anything_without_a_login(small_inbox: TestClient, path: str) -> None:
    answer = small_inbox.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/staff/login?next=")


@pytest.mark.parametrize("what", ["status", "notes", "delete"])
def test_nobody_changes_anything_without_a_login(small_inbox: TestClient, what: str) -> None:
    answer = small_inbox.post(f"/staff/requests/any/{what}", data={"text": "x"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/login")


def test_a_right_password_leads_to_the_page_that_was_asked_for(inbox: TestClient, database: Database) -> None:
    asked = inbox.get("/staff/audit/list?page=1")
    assert 'value="/staff/audit/list?page=1"' in asked.text
    arrived = log_in(inbox, f" {NAME.upper()} ", target="/staff/audit/list?page=1")
    assert str(arrived.url) == f"{SITE}/staff/audit/list?page=1"
    assert (NAME, "logged in", None, None) in audit(database)


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/staff/", "/\\evil.test", "javascript:alert(1)"])
def test_a_login_leads_to_no_other_site(small_inbox: TestClient, target: str) -> None:
    answer = small_inbox.post(
        "/staff/login", data={"name": NAME, "password": PASSWORD, "next": target}, follow_redirects=False
    )
    assert answer.headers["location"] == "/staff/"


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(inbox: TestClient, database: Database) -> None:
    unknown, wrong = log_in(inbox, "nobody", PASSWORD), log_in(inbox, NAME, WRONG)
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.text == wrong.text
    assert "wrong" in wrong.text
    failed = [line[:2] for line in audit(database) if line[1] == "failed to log in"]
    assert failed == [("unknown", "failed to log in"), (NAME, "failed to log in")]
    assert not is_in(inbox)


def test_a_wrong_name_takes_as_long_as_a_wrong_password(small_inbox: TestClient, small_database: Database) -> None:
    with small_database.unit_of_work() as session:
        kept = session.execute(select(StaffUserRow.password_hash)).scalar_one()

    def took(hashed: str | None) -> float:
        began = time.perf_counter()
        assert not is_right(WRONG, hashed)
        return time.perf_counter() - began

    assert min(took(None) for _ in range(3)) > min(took(kept) for _ in range(3)) / 2


def test_after_five_failures_even_the_right_password_waits_also_after_a_restart(
    inbox: TestClient, any_database: str, database: Database
) -> None:
    assert [log_in(inbox, NAME, WRONG).status_code for _ in range(6)] == [401] * 5 + [429]
    refused = log_in(inbox)
    assert refused.status_code == 429
    assert "wait 15 minutes" in refused.text
    with TestClient(
        staff_app(any_database, SECRET), base_url=SITE, headers=inbox.headers, client=("9.9.9.9", 1)
    ) as anew:
        assert log_in(anew).status_code == 429
    make_older(database, throttle.WINDOW + timedelta(seconds=1))
    assert log_in(inbox).status_code == 200


def test_after_twenty_failures_an_address_waits_whatever_the_name_and_others_do_not(
    inbox: TestClient, any_database: str, database: Database
) -> None:
    with database.unit_of_work() as session:
        for number in range(throttle.MOST_BY_ADDRESS):
            throttle.put_down(session, f"name {number}", "testclient")
    assert log_in(inbox).status_code == 429
    with TestClient(
        staff_app(any_database, SECRET), base_url=SITE, headers=inbox.headers, client=("9.9.9.9", 1)
    ) as other:
        assert log_in(other).status_code == 200


@pytest.mark.parametrize(("name", "actor"), [(NAME, NAME), ("nobody", "unknown")])
def test_the_first_refusal_in_a_while_is_put_down(
    small_inbox: TestClient, small_database: Database, name: str, actor: str
) -> None:
    for _ in range(throttle.MOST_BY_NAME + 3):
        log_in(small_inbox, name, WRONG)
    assert [line for line in audit(small_database) if "wait" in line[1]] == [
        (actor, "had to wait to log in", None, None)
    ]


def test_the_last_half_of_an_ipv6_address_is_no_other_address(small_database: Database) -> None:
    with small_database.unit_of_work() as session:
        for number in range(throttle.MOST_BY_ADDRESS):
            throttle.put_down(session, f"name {number}", f"2001:db8:0:1::{number:x}")
        assert throttle.is_refused(session, "kim", "2001:db8:0:1:ffff::1")
        assert not throttle.is_refused(session, "kim", "2001:db8:0:2::1")


def test_a_login_forgives_the_mistypings_before_it(inbox: TestClient, database: Database) -> None:
    for _ in range(3):
        for _ in range(throttle.MOST_BY_NAME - 1):
            log_in(inbox, NAME, WRONG)
        assert log_in(inbox).status_code == 200
    with database.unit_of_work() as session:
        assert session.execute(select(LoginFailureRow)).all() == []


UTF_7 = b"+2AA-"  # half of a pair of surrogates, which no text can be saved with


@pytest.mark.parametrize("field", ["name", "password", "next"])
@pytest.mark.parametrize(
    ("charset", "told"),
    [("utf-7", UTF_7), ("unicode_escape", rb"\\ud800"), ("idna", b"xn--\xff"), ("no\0ne", b"kim"), ("utf-8", b"k\0m")],
    ids=ascii,
)
def test_what_no_keyboard_types_gets_the_login_page_again(
    inbox: TestClient, charset: str, told: bytes, field: str
) -> None:
    fields = {"name": b"kim", "password": b"none", "next": b"/staff/", field: told}
    parts = (
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in fields.items()
    )
    answer = inbox.post(
        "/staff/login",
        content=b"".join(parts) + b"--x--\r\n",
        headers={"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"},
    )
    assert answer.status_code == 401
    assert "Name or password is wrong" in answer.text


def test_what_was_typed_as_a_name_is_kept_nowhere(inbox: TestClient, database: Database) -> None:
    log_in(inbox, "my secret passphrase", "kim")
    with database.unit_of_work() as session:
        kept = [(row.name, row.address) for row in session.execute(select(LoginFailureRow)).scalars()]
    assert len(kept) == 1
    assert "secret" not in f"{kept}{audit(database)}"
    assert "testclient" not in f"{kept}"


def test_the_cookie_is_for_this_server_alone(small_inbox: TestClient) -> None:
    answer = small_inbox.post("/staff/login", data={"name": NAME, "password": PASSWORD}, follow_redirects=False)
    flags = answer.headers["set-cookie"].lower().split("; ")
    assert {"httponly", "samesite=strict", "path=/staff/", f"max-age={8 * 60 * 60}"} <= set(flags)
    assert "secure" not in flags


@pytest.fixture
def https_inbox(sqlite: str) -> Iterator[TestClient]:
    yield from opened(sqlite, https=True)


def test_behind_https_the_cookie_is_never_sent_in_the_clear(https_inbox: TestClient) -> None:
    headers = {"Origin": SITE.replace("http:", "https:")}
    answer = https_inbox.post(
        "/staff/login", data={"name": NAME, "password": PASSWORD}, headers=headers, follow_redirects=False
    )
    assert "secure" in answer.headers["set-cookie"].lower().split("; ")
    assert 'action="https://' in https_inbox.get("/staff/login").text


def test_a_cookie_from_before_the_login_is_worth_nothing_after_it(small_kim: TestClient) -> None:
    before = small_kim.cookies["staff_session"]
    time.sleep(1.1)  # the signature counts seconds
    small_kim.post("/staff/logout")
    assert not is_in(small_kim)
    log_in(small_kim)
    assert small_kim.cookies["staff_session"] != before


def test_a_cookie_that_was_changed_or_signed_elsewhere_is_worth_nothing(small_kim: TestClient, sqlite: str) -> None:
    cookie = small_kim.cookies["staff_session"]
    with TestClient(staff_app(sqlite, "another secret"), base_url=SITE, headers=small_kim.headers) as other:
        other.cookies.set("staff_session", cookie, path="/staff/")
        assert not is_in(other)
    small_kim.cookies.clear()
    small_kim.cookies.set("staff_session", "x" + cookie, path="/staff/")
    assert not is_in(small_kim)


@pytest.mark.parametrize(("seconds", "lasts"), [(29 * 60, True), (31 * 60, False)])
def test_a_session_ends_after_half_an_hour_without_a_click(
    small_kim: TestClient, monkeypatch: pytest.MonkeyPatch, seconds: int, lasts: bool
) -> None:
    later = time.time() + seconds
    monkeypatch.setattr(sessions.time, "time", lambda: later)
    assert is_in(small_kim) is lasts


def test_a_session_ends_after_eight_hours_however_busy(small_kim: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    began, clock = time.time(), {"now": 0.0}
    monkeypatch.setattr(sessions.time, "time", lambda: clock["now"])
    lasted = []
    for quarter in range(34):
        clock["now"] = began + quarter * 15 * 60
        lasted.append(is_in(small_kim))
    assert lasted == [True] * 32 + [False] * 2


def test_a_user_who_is_shut_out_is_out_at_the_next_click(kim: TestClient, database: Database) -> None:
    shut_out(database, NAME)
    assert not is_in(kim)
    assert log_in(kim).status_code == 401


def test_a_changed_password_ends_the_sessions_of_the_old_one(kim: TestClient, database: Database) -> None:
    set_password(database, NAME, WRONG)
    assert not is_in(kim)
    assert log_in(kim, NAME, WRONG).status_code == 200


def test_a_new_password_lets_somebody_in_who_had_to_wait(inbox: TestClient, database: Database) -> None:
    for _ in range(throttle.MOST_BY_NAME):
        log_in(inbox, NAME, WRONG)
        log_in(inbox, "lee", WRONG)
    assert log_in(inbox).status_code == 429
    set_password(database, f" {NAME.upper()}", PASSWORD)
    assert log_in(inbox).status_code == 200
    assert log_in(inbox, "lee").status_code == 429


def test_logging_out_is_put_down(kim: TestClient, database: Database) -> None:
    assert "Log in" in kim.post("/staff/logout").text
    assert not is_in(kim)
    assert (NAME, "logged out", None, None) in audit(database)


def test_who_is_logged_in_is_not_asked_again(small_kim: TestClient) -> None:
    assert small_kim.get("/staff/login?next=/staff/audit/list").url.path == "/staff/audit/list"


@pytest.mark.parametrize(("name", "password"), [("kim", "eleven char"), ("", PASSWORD), ("kim lee", PASSWORD)])
def test_short_passwords_and_odd_names_are_refused(small_database: Database, name: str, password: str) -> None:
    with pytest.raises(UserError, match="take"):
        set_password(small_database, name, password)


def make_older(database: Database, by: timedelta) -> None:
    """Puts all failures back in time."""
    with database.unit_of_work() as session:
        for row in session.execute(select(LoginFailureRow)).scalars().all():
            session.execute(update(LoginFailureRow).where(LoginFailureRow.id == row.id).values(at=row.at - by))
