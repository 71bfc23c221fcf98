"""Writes the mail that tells the front desk of a request. What it must not hold: docs/decisions/0012-outbox.md."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

from bot.clinic import the_clinic
from bot.handoff.times import Window, window_in_words
from bot.notification.appointment import calendar_entry
from bot.notification.outbox import Notice
from bot.notification.plain import one_line
from bot.notification.settings import SmtpSettings
from bot.notification.words import the_words

_LONGEST_NAME = 80


def write_mail(notice: Notice, attempt: int, settings: SmtpSettings, at: datetime) -> EmailMessage:
    """Writes the mail of a notification; the calendar entry goes along where one day is known.

    No header holds anything that a patient wrote.

    Args:
        notice: What it tells.
        attempt: Which attempt at sending it this is; part of the retry key.
        settings: From whom, to whom, and where the inbox is.
        at: This moment.

    Returns:
        The mail. Its Message-ID is the same for all attempts, so that mail systems drop duplicates.
    """
    words, clinic = the_words(), the_clinic()
    host = str(clinic.website.host).lower()
    kind = "new" if notice.version == 1 else "changed"
    window = None if notice.window is None else Window.from_dict(notice.window)
    link = words["inbox_link"].format(inbox=settings.inbox_url, reference=notice.reference)
    mail = EmailMessage()
    mail["Subject"] = words[f"subject_{kind}"]
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.recipients)
    mail["Date"] = at
    mail["Message-ID"] = f"<{notice.reference}.{notice.version}@{host}>"
    mail["X-Retry-Key"] = f"{notice.reference}.{notice.version}.{attempt}"
    mail["Auto-Submitted"] = "auto-generated"  # keeps out-of-office replies away
    mail.set_content(
        words["body"].format(
            opening=words[f"opening_{kind}"].format(clinic=clinic.name),
            name=one_line(notice.patient_name, _LONGEST_NAME),
            window=words["no_window"] if window is None else window_in_words(window),
            link=link,
        ),
        cte="quoted-printable",  # every server carries it, and it has no long lines
    )
    if window is not None and window.is_one_day:
        uid = f"{notice.reference}@{host}"
        entry = calendar_entry(window, uid, notice.version - 1, settings.sender, link, at)
        mail.add_attachment(
            entry,
            maintype="text",
            subtype="calendar",
            filename=words["calendar_file"],
            params={"method": "PUBLISH", "charset": "utf-8"},
        )
    return mail
