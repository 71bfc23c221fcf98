"""The way from the mail to the front desk into the inbox."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from bot.notification.mail import write_mail
from bot.notification.outbox import claim_next, read_notice
from bot.notification.settings import SmtpSettings
from bot.storage import Database
from bot.storage.columns import now
from tests.staff.conftest import SITE, log_in
from tests.staff.people import JOHN, MARIA, ask


def test_the_link_in_a_mail_opens_its_request_after_the_login(
    small_inbox: TestClient, small_database: Database
) -> None:
    ask(small_database, MARIA, JOHN)
    claim = claim_next(small_database, now())
    assert claim is not None
    notice = read_notice(small_database, claim)
    assert notice is not None
    settings = SmtpSettings(host="x", recipients="desk@clinic.org", sender="assistant@clinic.org", inbox_url=SITE)
    said = write_mail(notice, claim.attempt, settings, now()).get_body(("plain",))
    assert said is not None
    [link] = re.findall(rf"{SITE}\S+", said.get_content())
    asked = small_inbox.get(link)
    assert asked.url.path == "/staff/login"
    [target] = re.findall(r'name="next" value="([^"]+)"', asked.text)
    opened = log_in(small_inbox, target=target)
    assert (opened.status_code, str(opened.url)) == (200, link)
    assert f"Request of {notice.patient_name}" in opened.text
