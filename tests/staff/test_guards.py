"""What guards the pages: nothing from other sites, and the headers that browsers go by."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bot.storage import Database
from tests.staff.conftest import SITE, log_in, opened
from tests.staff.people import MARIA, NAME, PASSWORD, ask, audit

ELSEWHERE = [
    {"Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://inbox.test:81", "Sec-Fetch-Site": "same-site"},
    {"Origin": "https://inbox.test", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "", "Sec-Fetch-Site": "none"},
    {"Origin": "", "Sec-Fetch-Site": ""},
]


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_what_another_site_sends_changes_nothing(
    small_kim: TestClient, small_database: Database, headers: dict[str, str]
) -> None:
    (reference,) = ask(small_database, MARIA)
    before = audit(small_database)
    for method, path, data in (
        ("POST", f"/staff/requests/{reference}/status", {"status": "closed", "version": "1"}),
        ("POST", f"/staff/requests/{reference}/notes", {"text": "told"}),
        ("POST", f"/staff/requests/{reference}/delete", {"sure": "yes"}),
        ("POST", "/staff/not-understood", {"do": "delete", "take": "1"}),
        ("POST", "/staff/logout", {}),
        ("POST", "/staff/login", {"name": NAME, "password": PASSWORD}),
        ("DELETE", "/staff/requests/delete?pks=1", None),
        ("PUT", "/staff/requests/list", None),
    ):
        answer = small_kim.request(method, path, data=data, headers=headers, follow_redirects=False)
        assert answer.status_code == 403, path
        assert "Another page has sent it" in answer.text
    assert audit(small_database) == before


@pytest.mark.parametrize("told", ["cross-site", "same-site"])
def test_another_site_gets_no_file_out(small_kim: TestClient, small_database: Database, told: str) -> None:
    before = audit(small_database)
    assert small_kim.get("/staff/requests/export/csv", headers={"Sec-Fetch-Site": told}).status_code == 403
    assert audit(small_database) == before


@pytest.mark.parametrize(
    "headers", [{"Origin": SITE, "Sec-Fetch-Site": ""}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}], ids=str
)
def test_browsers_that_tell_only_one_of_the_two_get_in(small_inbox: TestClient, headers: dict[str, str]) -> None:
    data = {"name": NAME, "password": PASSWORD}
    assert small_inbox.post("/staff/login", data=data, headers=headers, follow_redirects=False).status_code == 303


def test_a_body_larger_than_any_form_is_not_read(small_inbox: TestClient) -> None:
    assert small_inbox.post("/staff/login", data={"name": "x" * 70_000}).status_code == 413
    assert small_inbox.post("/staff/login", content=iter([b"name=x"])).status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/staff/login",
        "/staff/requests/list",
        "/staff/requests/export/csv",
        "/staff/asked",
        "/staff/not-understood",
        "/staff/audit/list",
        "/staff/nope",
    ],
)
def test_every_page_bears_the_headers_that_browsers_guard_it_by(small_kim: TestClient, path: str) -> None:
    headers = small_kim.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "script-src" not in policy
    assert not any("http" in sources or "unsafe" in sources for sources in policy.values())
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_the_pages_load_nothing_from_elsewhere_and_hold_no_script_or_style(small_kim: TestClient) -> None:
    for path in ("/staff/requests/list", "/staff/asked", "/staff/not-understood", "/staff/audit/list", "/staff/nope"):
        page = small_kim.get(path).text
        assert page.count("://") == page.count(f"{SITE}/")
        for inline in ("<script", "<style", " style=", " onclick="):
            assert inline not in page


def test_style_sheets_are_there_for_the_login_as_well(small_inbox: TestClient) -> None:
    for file in ("/staff/statics/css/tabler.min.css", "/staff/files/staff.css"):
        answer = small_inbox.get(file)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"


def test_what_sqladmin_could_do_beside_is_not_there(small_kim: TestClient, small_database: Database) -> None:
    ask(small_database, MARIA)
    for method, path in (
        ("DELETE", "/staff/requests/delete?pks=1"),
        ("POST", "/staff/requests/create"),
        ("GET", "/staff/requests/create"),
        ("GET", "/staff/requests/edit/1"),
        ("POST", "/staff/requests/edit/1"),
        ("GET", "/staff/logout"),
        ("GET", "/staff/requests/ajax/lookup?name=a&term=b"),
        ("GET", "/staff/requests/export/json"),
        ("GET", "/staff/audit/details/1"),
        ("GET", "/staff/audit/export/csv"),
        ("GET", "/staff/staff-user-row/list"),
    ):
        data = {} if method == "POST" else None
        assert small_kim.request(method, path, data=data).status_code in (403, 404, 405), path
    assert "1 request" in small_kim.get("/staff/requests/list").text


@pytest.fixture
def one_name_inbox(sqlite: str) -> Iterator[TestClient]:
    yield from opened(sqlite, hosts=["inbox.test"])


def test_under_a_name_that_is_not_its_own_nothing_is_served(one_name_inbox: TestClient) -> None:
    assert one_name_inbox.get("/staff/login").status_code == 200
    assert one_name_inbox.get("/staff/login", headers={"Host": "evil.test"}).status_code == 400


def test_a_failure_is_told_in_words_and_the_log_holds_no_values(
    small_kim: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(MARIA.patient_name)

    monkeypatch.setattr("bot.staff.requests_view.page_of", fail)
    with caplog.at_level(logging.DEBUG):
        answer = small_kim.get("/staff/requests/list")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "Maria" not in caplog.text + answer.text
    assert "RuntimeError" in caplog.text


def test_every_page_is_in_the_menu_and_behind_the_login(small_inbox: TestClient) -> None:
    pages = {
        "/staff/requests/list": "Requests",
        "/staff/asked": "What patients ask",
        "/staff/not-understood": "Not understood",
        "/staff/audit/list": "Audit",
    }
    for path in pages:
        answer = small_inbox.get(path, follow_redirects=False)
        assert (answer.status_code, answer.text) == (303, "")
    menu = log_in(small_inbox).text.partition("</nav>")[0]
    assert re.findall(r'href="http://inbox.test([^"]+)"[^>]*>([^<]+)</a>', menu) == [*pages.items()]
    for path, name in pages.items():
        assert re.search(rf'aria-current="page">{name}</a>', small_inbox.get(path).text)
