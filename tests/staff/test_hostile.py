"""Whatever stands in a request is shown as the text that it is, and calculated by no spreadsheet."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from bot.handoff import BookingRequest
from bot.storage import Database
from bot.storage.models import AuditRow
from tests.staff.people import ask

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "out of an attribute": "\"><svg onload=alert(1)>' onmouseover='alert(1)",
    "out of an element": "</bdi></td></table></textarea></title><h1>Broken",
    "template": "{{ 7 * 7 }}{% raw %}${7*7}",
    "sql": "'; drop table booking_request; --",
    "right to left": "\u202egnp.exe\u2066\u202d",
    "emoji": "👩🏽‍⚕️🏳️‍🌈 ẅ̴̨́ï̶̬t̷̰̆ḣ̸̬ marks",
    "endless": "x" * 10_000,
    "lines": "one\r\ntwo\u2028three\x00four\x1b[31m",
    "link": "javascript:alert(1)//@x.org",
    "formula": '=HYPERLINK("https://evil.test","click")',
}


class Reader(HTMLParser):
    """Gathers a page's elements, attributes and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.targets: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.targets.update(
            (value or "").partition(":")[0] for name, value in attrs if name in ("href", "action", "src")
        )

    def handle_data(self, data: str) -> None:
        self.text += data


def read(client: TestClient, path: str) -> Reader:
    reader = Reader()
    answer = client.get(path)
    assert answer.status_code == 200
    reader.feed(answer.text)
    return reader


@pytest.mark.parametrize("told", HOSTILE.values(), ids=HOSTILE)
def test_it_is_shown_as_text_and_adds_no_element_attribute_or_link(
    small_kim: TestClient, small_database: Database, told: str
) -> None:
    (plain,) = ask(small_database, BookingRequest("Ann", "a@b.org", "soon", None, "because", "so"))
    small_kim.post(f"/staff/requests/{plain}/notes", data={"text": "seen"})
    *_, hostile = ask(small_database, BookingRequest(told, told, told, None, told, told))
    small_kim.post(f"/staff/requests/{hostile}/notes", data={"text": told[:2000]})
    with small_database.unit_of_work() as session:
        session.execute(update(AuditRow).where(AuditRow.subject == hostile).values(actor=told[:80], detail=told[:200]))
    for path, times in (
        (f"/staff/requests/details/{hostile}", 6),
        ("/staff/requests/list", 1),
        ("/staff/audit/list", 1),
    ):
        page, usual = read(small_kim, path), read(small_kim, path.replace(hostile, plain))
        assert page.elements <= usual.elements | {"small"}
        assert page.attributes <= usual.attributes
        assert page.targets <= {"http", "/staff/", "tel", "mailto", "data", "#content"}
        assert page.text.count(told.strip()[:60].replace("\r\n", "\n").partition("\n")[0]) >= times


def test_a_search_for_it_is_shown_as_text(small_kim: TestClient) -> None:
    for told in HOSTILE.values():
        answer = small_kim.get("/staff/requests/list", params={"search": told, "status": told, "notice": told})
        assert answer.status_code == 200
        for broken in ("<script>", "<img", "<svg", "</bdi></td>"):
            assert broken not in answer.text


@pytest.mark.parametrize(
    "mark", ["=", "+", "-", "@", " =", "\u00a0=", "\r", "\n", "\t", "＝", "＋", "－", "＠"], ids=ascii
)
def test_a_spreadsheet_calculates_nothing(small_kim: TestClient, small_database: Database, mark: str) -> None:
    told = f'{mark}1+1",x\r\ny'
    ask(small_database, BookingRequest(told, told, told, None, told))
    answer = small_kim.get("/staff/requests/export/csv").content.decode("utf-8-sig")
    _, line = csv.reader(io.StringIO(answer, newline=""))
    assert line[2:5] == [f"'{told}"] * 3


@pytest.mark.parametrize("between", [";", "\t", "; ", "\r\n", ';"', ";;\u00a0"], ids=ascii)
@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "＝"])
def test_a_spreadsheet_that_divides_cells_at_other_marks_calculates_nothing_either(
    small_kim: TestClient, small_database: Database, between: str, mark: str
) -> None:
    ask(small_database, BookingRequest(f"Ann{between}{mark}1+1", "a@b.org", "soon; or later - at 5"))
    answer = small_kim.get("/staff/requests/export/csv").content.decode("utf-8-sig")
    _, line = csv.reader(io.StringIO(answer, newline=""))
    assert line[2:5] == [f"Ann{between}'{mark}1+1", "a@b.org", "soon; or later - at 5"]


def test_every_cell_of_the_export_is_quoted(small_kim: TestClient, small_database: Database) -> None:
    ask(small_database, BookingRequest("Ann", "a@b.org", "soon"))
    for line in small_kim.get("/staff/requests/export/csv").content.decode("utf-8-sig").splitlines():
        assert line.count('"') == 2 * 9
        assert line.replace('","', "").strip('"').count('"') == 0
