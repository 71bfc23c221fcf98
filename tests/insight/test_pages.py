"""The staff's pages: what they show, what they take, and that nothing changes without a trace."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.insight.unclear import LINES
from bot.insight.words import the_words
from bot.storage import Database
from bot.storage.columns import now
from bot.storage.models import AuditRow, UnclearMessageRow
from tests.insight.rows import add_turn, unclear
from tests.insight.site import staff_app

NOW = datetime(2026, 3, 4, 17, tzinfo=timezone.utc)
LIST = "/admin/not-understood"


@pytest.fixture
def client(any_database: str) -> Iterator[TestClient]:
    """A browser whose user is logged in."""
    with TestClient(staff_app(any_database), follow_redirects=True) as client:
        client.get("/enter?user=kim")
        yield client


def keep(url: str, *texts: str) -> None:
    """Keeps messages, each a minute later than the one before; their ids count from 1."""
    with Database(url).unit_of_work() as session:
        for minute, text in enumerate(texts):
            session.add(UnclearMessageRow(conversation="c", at=NOW + timedelta(minutes=minute), text=text))


def audited(url: str) -> list[tuple[str, str, str]]:
    with Database(url).unit_of_work() as session:
        return [(row.actor, row.action, row.detail) for row in session.execute(select(AuditRow)).scalars()]


def test_every_part_says_nothing_yet_where_nothing_happened(client: TestClient) -> None:
    page = client.get("/admin/asked")
    assert page.status_code == 200
    assert page.text.count("Nothing yet") == len(the_words().charts)
    assert "<svg" not in page.text
    assert "Nothing yet" in client.get(LIST).text


def test_each_chart_has_a_picture_and_its_numbers(client: TestClient, any_database: str) -> None:
    happened = [("topic", "ask_causes"), ("alarm", "crisis"), ("triage", "begun"), ("booking", "begun")]
    for number in range(4):
        add_turn(Database(any_database), f"c{number}", now(), *happened, ("unclear", "triage"))
    page = client.get("/admin/asked?weeks=4").text
    assert page.count("<svg") == page.count("<details") == len(the_words().charts)
    assert "What causes it" in page
    assert page.count('role="img"') == len(the_words().charts)


def test_no_picture_needs_what_the_policy_forbids(client: TestClient, any_database: str) -> None:
    for number in range(4):
        add_turn(Database(any_database), f"c{number}", now(), ("topic", "ask_causes"), ("alarm", "crisis"))
    pictures = re.findall(r"<svg.*?</svg>", client.get("/admin/asked").text, re.DOTALL)
    assert pictures
    for picture in pictures:
        assert not re.search(r"style|<script|data:|on\w+=", picture)


def test_an_unknown_number_of_weeks_is_the_usual_one(client: TestClient) -> None:
    assert '<option value="8" selected>' in client.get("/admin/asked?weeks=9999999").text


def test_messages_are_shown_newest_first_and_page_by_page(client: TestClient, any_database: str) -> None:
    keep(any_database, *(f"line {number}" for number in range(LINES + 1)))
    first, second = client.get(LIST).text, client.get(f"{LIST}?page=2").text
    assert first.index(f"line {LINES}<") < first.index("line 1<")
    assert "line 0<" not in first
    assert "line 0<" in second
    assert "line 50<" in client.get(f"{LIST}?page=x").text


def test_what_was_typed_is_shown_as_text(client: TestClient, any_database: str) -> None:
    keep(any_database, "<script>alert(1)</script>")
    assert "<script>alert" not in client.get(LIST).text


def test_ticked_lines_are_downloaded_as_examples_and_it_is_written_down(client: TestClient, any_database: str) -> None:
    keep(any_database, "does yoga help", "[word] is it my hip [name]", "not ticked", "my [word] hurts")
    form = {"do": "download", "take": ["1", "2", "4"], "intent-1": "ask_exercises", "intent-2": "ask_causes"}
    answer = client.post(LIST, data={**form, "intent-4": "ask_causes"})
    assert "attachment" in answer.headers["Content-Disposition"]
    assert yaml.safe_load(answer.text)["nlu"] == [
        {"intent": "ask_causes", "examples": "- is it my hip\n"},
        {"intent": "ask_exercises", "examples": "- does yoga help\n"},
    ]
    assert answer.text.startswith("# Left out, because words were taken out of their middle: 1\n")
    assert audited(any_database) == [("kim", "exported unclear messages", "lines: 2")]
    assert len(unclear(any_database)) == 4


def test_ticked_lines_are_deleted_and_it_is_written_down(client: TestClient, any_database: str) -> None:
    keep(any_database, "one", "two", "three")
    answer = client.post(LIST, data={"do": "delete", "take": ["1", "3", "99"]})
    assert "Lines deleted: 2" in answer.text
    assert unclear(any_database) == ["two"]
    assert audited(any_database) == [("kim", "deleted unclear messages", "lines: 2")]


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"do": "download"}, "nothing_ticked"),
        ({"do": "delete", "take": "x"}, "nothing_ticked"),
        ({"do": "download", "take": "1"}, "no_intent"),
        ({"do": "download", "take": "1", "intent-1": "made_up"}, "unknown_intent"),
        ({"do": "download", "take": "2", "intent-2": "thank"}, "no_example"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    client: TestClient, any_database: str, form: dict[str, str], wrong: str
) -> None:
    keep(any_database, "does yoga help", "my [word] hurts")
    answer = client.post(LIST, data=form)
    assert answer.status_code == 400
    assert the_words().pages[wrong] in html.unescape(answer.text)
    assert len(unclear(any_database)) == 2


def test_a_mistake_keeps_the_ticks_and_choices(client: TestClient, any_database: str) -> None:
    keep(any_database, "does yoga help", "what is it")
    answer = client.post(LIST, data={"do": "download", "take": ["1", "2"], "intent-1": "ask_exercises"})
    assert answer.text.count(" checked>") == 2
    assert '<option value="ask_exercises" selected>' in answer.text


@pytest.mark.parametrize("do", ["delete", "download"])
def test_without_a_login_nothing_is_changed_or_taken(any_database: str, do: str) -> None:
    keep(any_database, "does yoga help")
    with TestClient(staff_app(any_database)) as stranger:
        answer = stranger.post(LIST, data={"do": do, "take": "1", "intent-1": "thank"})
    assert answer.status_code == 403
    assert unclear(any_database) == ["does yoga help"]
    assert audited(any_database) == []


def test_what_can_be_chosen_are_the_intents_of_the_domain_that_have_examples() -> None:
    domain = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["intents"]
    known = {next(iter(one)) if isinstance(one, dict) else one for one in domain}
    files = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in Path("data/nlu").glob("*.yml")]
    taught = {one["intent"] for file in files for one in file["nlu"] if "intent" in one} - {"inform"}
    assert the_words().intent_titles().keys() == known & taught
