"""The staff's pages: what they show, what they take, and that nothing changes without a trace."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml
from starlette.testclient import TestClient

from bot.insight.unclear import LINES
from bot.insight.words import the_words
from bot.storage import Database
from bot.storage.columns import now
from bot.storage.models import UnclearMessageRow
from tests.insight.rows import add_turn, unclear
from tests.staff.people import NAME, audit

NOW = datetime(2026, 3, 4, 17, tzinfo=timezone.utc)
LIST = "/staff/not-understood"
BEFORE = [
    ("system", "made a user", None, NAME),
    (NAME, "logged in", None, None),
    (NAME, "listed requests", None, None),
]


def keep(url: str, *texts: str) -> None:
    """Keeps messages, each a minute later than the one before; their ids count from 1."""
    with Database(url).unit_of_work() as session:
        for minute, text in enumerate(texts):
            session.add(UnclearMessageRow(conversation="c", at=NOW + timedelta(minutes=minute), text=text))


def test_every_part_says_nothing_yet_where_nothing_happened(kim: TestClient) -> None:
    page = kim.get("/staff/asked")
    assert page.status_code == 200
    assert page.text.count("Nothing yet") == len(the_words().charts)
    assert "<svg" not in page.text
    assert "Nothing yet" in kim.get(LIST).text


def test_each_chart_has_a_picture_and_its_numbers(kim: TestClient, any_database: str) -> None:
    happened = [("topic", "ask_causes"), ("alarm", "crisis"), ("triage", "begun"), ("booking", "begun")]
    for number in range(4):
        add_turn(Database(any_database), f"c{number}", now(), *happened, ("unclear", "triage"))
    page = kim.get("/staff/asked?weeks=4").text
    assert page.count("<svg") == page.count("<details") == len(the_words().charts)
    assert "What causes it" in page
    assert page.count('role="img"') == len(the_words().charts)


def test_no_picture_needs_what_the_policy_forbids(kim: TestClient, any_database: str) -> None:
    for number in range(4):
        add_turn(Database(any_database), f"c{number}", now(), ("topic", "ask_causes"), ("alarm", "crisis"))
    pictures = re.findall(r"<svg.*?</svg>", kim.get("/staff/asked").text, re.DOTALL)
    assert pictures
    for picture in pictures:
        assert not re.search(r"style|<script|data:|on\w+=", picture)


def test_an_unknown_number_of_weeks_is_the_usual_one(kim: TestClient) -> None:
    assert '<option value="8" selected>' in kim.get("/staff/asked?weeks=9999999").text


def test_messages_are_shown_newest_first_and_page_by_page(kim: TestClient, any_database: str) -> None:
    keep(any_database, *(f"line {number}" for number in range(LINES + 1)))
    first, second = kim.get(LIST).text, kim.get(f"{LIST}?page=2").text
    assert first.index(f"line {LINES}<") < first.index("line 1<")
    assert "line 0<" not in first
    assert "line 0<" in second
    for nonsense in ("x", "0", "-1", "9" * 30):
        assert "line 50<" in kim.get(f"{LIST}?page={nonsense}").text


def test_a_message_bears_the_day_at_the_clinic(kim: TestClient, any_database: str) -> None:
    with Database(any_database).unit_of_work() as session:
        night = datetime(2026, 3, 5, 3, tzinfo=timezone.utc)
        session.add(UnclearMessageRow(conversation="c", at=night, text="does yoga help"))
    assert "<small>Wed, Mar 4, 2026</small>" in kim.get(LIST).text


def test_what_was_typed_is_shown_as_text(kim: TestClient, any_database: str) -> None:
    keep(any_database, "<script>alert(1)</script>")
    assert "<script>alert" not in kim.get(LIST).text


def test_ticked_lines_are_downloaded_as_examples_and_it_is_written_down(kim: TestClient, any_database: str) -> None:
    keep(any_database, "does yoga help", "[word] is it my hip [name]", "not ticked", "my [word] hurts")
    form = {"do": "download", "take": ["1", "2", "4"], "intent-1": "ask_exercises", "intent-2": "ask_causes"}
    answer = kim.post(LIST, data={**form, "intent-4": "ask_causes"})
    assert "attachment" in answer.headers["Content-Disposition"]
    assert yaml.safe_load(answer.text)["nlu"] == [
        {"intent": "ask_causes", "examples": "- is it my hip\n"},
        {"intent": "ask_exercises", "examples": "- does yoga help\n"},
    ]
    assert answer.text.startswith("# Left out, because words were taken out of their middle: 1\n")
    assert audit(Database(any_database)) == [*BEFORE, (NAME, "exported unclear messages", None, "lines: 2")]
    assert len(unclear(any_database)) == 4


def test_ticked_lines_are_deleted_and_it_is_written_down(kim: TestClient, any_database: str) -> None:
    keep(any_database, "one", "two", "three")
    answer = kim.post(LIST, data={"do": "delete", "take": ["1", "3", "99"]})
    assert "Lines deleted: 2" in answer.text
    assert unclear(any_database) == ["two"]
    assert audit(Database(any_database)) == [*BEFORE, (NAME, "deleted unclear messages", None, "lines: 2")]


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"do": "download"}, "nothing_ticked"),
        ({"do": "delete", "take": "x"}, "nothing_ticked"),
        ({"do": "delete", "take": "9" * 30}, "nothing_ticked"),
        ({"do": "download", "take": "1"}, "no_intent"),
        ({"do": "download", "take": "1", "intent-1": "made_up"}, "unknown_intent"),
        ({"do": "download", "take": "2", "intent-2": "thank"}, "no_example"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    kim: TestClient, any_database: str, form: dict[str, str], wrong: str
) -> None:
    keep(any_database, "does yoga help", "my [word] hurts")
    answer = kim.post(LIST, data=form)
    assert answer.status_code == 400
    assert the_words().pages[wrong] in html.unescape(answer.text)
    assert len(unclear(any_database)) == 2


def test_a_mistake_keeps_the_ticks_and_choices(kim: TestClient, any_database: str) -> None:
    keep(any_database, "does yoga help", "what is it")
    answer = kim.post(LIST, data={"do": "download", "take": ["1", "2"], "intent-1": "ask_exercises"})
    assert answer.text.count(" checked>") == 2
    assert '<option value="ask_exercises" selected>' in answer.text


@pytest.mark.parametrize("do", ["delete", "download"])
def test_without_a_login_nothing_is_changed_or_taken(inbox: TestClient, any_database: str, do: str) -> None:
    keep(any_database, "does yoga help")
    answer = inbox.post(LIST, data={"do": do, "take": "1", "intent-1": "thank"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/login")
    assert unclear(any_database) == ["does yoga help"]
    assert audit(Database(any_database)) == BEFORE[:1]


def test_what_can_be_chosen_are_the_intents_of_the_domain_that_have_examples() -> None:
    domain = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["intents"]
    known = {next(iter(one)) if isinstance(one, dict) else one for one in domain}
    files = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in Path("data/nlu").glob("*.yml")]
    taught = {one["intent"] for file in files for one in file["nlu"] if "intent" in one} - {"inform"}
    assert the_words().intent_titles().keys() == known & taught
