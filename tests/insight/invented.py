"""Invented conversations for the pages in a browser, and their picture: `python -m tests.insight.invented`."""

from __future__ import annotations

import os
import random
import tempfile
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from bot.insight.figures import BOOKING_STEPS
from bot.storage import Database, migrate
from bot.storage.columns import now
from bot.storage.keys import new_key
from bot.storage.models import TurnRow, UnclearMessageRow
from bot.topics import topic_titles
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.staff.browser import log_in, serving

PICTURE = Path("docs/images/what-patients-ask.png")
_COLOURS = 255  # enough for a picture of flat colours, at half the size
_NOT_UNDERSTOOD = [
    "do you take walk ins",
    "is [word] good for this",
    "can i bring my dog",
    "what about a hot tub after",
    "my [word] told me to ask about the machine",
    "do you do the neck too",
]


def invent(url: str, weeks: int = 8) -> None:
    """Fills a database with invented conversations."""
    dice = random.Random(7)  # noqa: S311  # no secret is drawn
    topics = [*topic_titles()]
    with Database(url).unit_of_work() as session:
        for number in range(50 * weeks):
            at = now() - timedelta(days=dice.triangular(0, 7 * weeks, 0))
            rows = [("turn", "typed")] * dice.randint(2, 8)
            rows += [
                ("topic", topics[min(int(dice.expovariate(0.2)), len(topics) - 1)]) for _ in range(dice.randint(0, 3))
            ]
            if dice.random() < 0.4:
                ends = ["routine", "see_clinician", "urgent_same_day", "emergency", "paused", "stopped"]
                rows += [("triage", "begun"), ("triage", dice.choices(ends, [9, 5, 2, 1, 2, 3])[0])]
            if dice.random() < 0.3:
                rows += [("booking", step) for step in BOOKING_STEPS[: dice.choice([1, 2, 3, 4, 6, 7, 7, 7])]]
                rows += dice.choices([[], [("booking", "changed")], [("booking", "cancelled")]], [8, 1, 1])[0]
            if dice.random() < 0.15:
                rows += [("alarm", dice.choices(["emergency", "urgent_same_day", "crisis"], [5, 4, 1])[0])]
            if dice.random() < 0.25:
                rows += [("unclear", "not_understood")]
            session.add_all(TurnRow(conversation=f"c{number}", at=at, kind=kind, name=name) for kind, name in rows)
        for hours, text in enumerate(_NOT_UNDERSTOOD):
            session.add(UnclearMessageRow(conversation="c1", at=now() - timedelta(hours=9 * hours), text=text))


def take_picture(path: Path = PICTURE) -> None:
    """Writes the picture of the page for docs."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        url = f"sqlite:///{folder}/invented.db"
        migrate(url)
        invent(url)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with serving(url) as site:
            page = browser.new_page(viewport={"width": 1280, "height": 1400})
            page.goto(site)
            log_in(page)
            page.goto(f"{site}/staff/asked")
            page.screenshot(path=path, full_page=True)
        browser.close()
    Image.open(path).quantize(_COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    os.environ["DATA_KEYS"] = new_key()  # for this picture alone
    take_picture()
    print(f"The picture of the page is {PICTURE}.")
