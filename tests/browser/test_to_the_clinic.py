"""A booking request from the chat page to the clinic, and away again: mail, inbox, and "delete my data"."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.run.environment import quiet_environment
from bot.storage.conversations import conversation_log
from tests.browser.steps import picture, take
from tests.conversations.scenario import Step
from tests.notification.mail_server import MailServer
from tests.services.processes import wait_until
from tests.staff.browser import fill_in, serving


@pytest.fixture
def inbox(database_url: str) -> Iterator[str]:
    """The front desk's inbox, over the database that the chat page writes to."""
    with serving(database_url) as address:
        yield address


@pytest.fixture
def worker(site: str, site_endpoints: Path, inbox: str, mail_server: MailServer) -> Iterator[None]:
    """The background process, set up to mail."""
    settings = {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mail_server.port),
        "SMTP_SECURITY": "none",
        "NOTIFY_TO": "desk@clinic.org",
        "NOTIFY_FROM": "assistant@clinic.org",
        "INBOX_URL": inbox,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.run.worker", str(site_endpoints)],
        env={**quiet_environment(), **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield
    process.terminate()
    process.wait(20)


@pytest.mark.usefixtures("worker")
def test_a_request_reaches_the_front_desk_by_mail_and_inbox_and_is_erased_on_the_patients_wish(
    page: Page, mail_server: MailServer, site_endpoints: Path
) -> None:
    for step in (
        Step(None, "Ask for a visit", ["utter_book_appointment", "utter_ask_booking_form_patient_name"]),
        Step("my name is Ann Østergård", None, ["utter_ask_booking_form_contact"]),
        Step("973 555 0188 please", None, ["utter_ask_booking_form_preferred_time"]),
        Step("friday after 2", None, ["utter_ask_booking_form_visit_reason"]),
        Step("my <b>hip</b> is stiff", None, ["utter_ask_booking_form_contact_consent"]),
        Step(None, "Yes, you may contact me", ["utter_ask_booking_form_booking_confirmed"]),
    ):
        take(page, step)
    picture(page, "booking-summary")
    take(page, Step(None, "Yes, send it", ["utter_booking_stored"]))

    mine = lambda: [one for one in mail_server.taken if "Ann Østergård" in body(one.mail)]  # noqa: E731
    wait_until(mine, 30)
    mail = mine()[0].mail
    assert "Friday" in body(mail)
    assert not {"0188", "hip"} & {*body(mail).split()}
    link = next(word for word in body(mail).split() if word.startswith("http"))
    (entry,) = mail.iter_attachments()
    assert entry.get_content_type() == "text/calendar"

    desk = page.context.browser.new_page(viewport={"width": 1280, "height": 900})  # type: ignore[union-attr]
    desk.goto(link)
    fill_in(desk)
    expect(desk.get_by_text("my <b>hip</b> is stiff")).to_be_visible()
    expect(desk.get_by_role("link", name="(973) 555-0188")).to_be_visible()
    desk.screenshot(path="test-results/screenshots/inbox-request.png", full_page=True)

    log = conversation_log(site_endpoints)
    before = len(log.conversation_ids())
    take(page, Step("delete my data", None, ["utter_confirm_erasure"]))
    page.get_by_role("button", name="Yes, delete everything").click()
    expect(page.get_by_role("button", name="Start a new chat")).to_be_visible(timeout=30_000)
    desk.reload()
    expect(desk.get_by_text("erased")).to_be_visible()
    desk.close()
    wait_until(lambda: len(log.conversation_ids()) < before, 30)


def body(mail: object) -> str:
    part = mail.get_body(("plain",))  # type: ignore[attr-defined]
    return str(part.get_content())
