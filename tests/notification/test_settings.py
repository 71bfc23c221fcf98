"""The settings of mail: none, all, or an error that says what to mend."""

from __future__ import annotations

import pytest

from bot.notification.settings import MailSettingsError, Security, mail_line, smtp_settings

WHOLE = {
    "SMTP_HOST": "smtp.clinic.org",
    "SMTP_USER": "desk",
    "SMTP_PASSWORD": "hunter2",
    "NOTIFY_TO": "desk@clinic.org, back@clinic.org,desk@clinic.org",
    "NOTIFY_FROM": "assistant@clinic.org",
}


def test_where_nothing_is_set_there_is_no_mail_and_start_up_says_so() -> None:
    assert smtp_settings({}) is None
    assert smtp_settings({"SMTP_HOST": " ", "INBOX_URL": "https://inbox.clinic.org"}) is None
    line = mail_line(None)
    assert "SMTP_HOST, NOTIFY_TO, NOTIFY_FROM" in line
    assert "wait in the inbox" in line


def test_what_is_set_is_read_and_the_rest_has_defaults() -> None:
    settings = smtp_settings(WHOLE)
    assert settings is not None
    assert settings.recipients == ("desk@clinic.org", "back@clinic.org")
    assert (settings.port, settings.security) == (587, Security.STARTTLS)
    assert settings.inbox_url == "http://127.0.0.1:5006/"
    assert mail_line(settings) == "Mail: requests are mailed to desk@clinic.org, back@clinic.org."


def test_the_inbox_s_address_ends_with_a_slash() -> None:
    settings = smtp_settings({**WHOLE, "INBOX_URL": "https://inbox.clinic.org:8443"})
    assert settings is not None
    assert settings.inbox_url == "https://inbox.clinic.org:8443/"


def test_tls_has_a_port_of_its_own_unless_one_is_set() -> None:
    settings = smtp_settings({**WHOLE, "SMTP_SECURITY": "tls"})
    assert settings is not None
    assert settings.port == 465
    settings = smtp_settings({**WHOLE, "SMTP_SECURITY": "tls", "SMTP_PORT": "2465"})
    assert settings is not None
    assert settings.port == 2465


@pytest.mark.parametrize("missing", ["SMTP_HOST", "NOTIFY_TO", "NOTIFY_FROM"])
def test_a_missing_setting_is_named_with_what_belongs_there(missing: str) -> None:
    told = {name: value for name, value in WHOLE.items() if name != missing}
    with pytest.raises(MailSettingsError, match=f"{missing}: is missing. What belongs there: the") as error:
        smtp_settings(told)
    assert len(str(error.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SMTP_PORT", "many", "not a valid integer"),
        ("SMTP_PORT", "70000", "less than 65536"),
        ("SMTP_SECURITY", "ssl", "'starttls', 'tls', 'none'"),
        ("NOTIFY_TO", "desk@clinic.org, back", "back: An email address must have an @-sign"),
        ("NOTIFY_TO", ",", "names no address"),
        ("NOTIFY_FROM", "a@clinic.org\nBcc: b@x.org", "NOTIFY_FROM"),
        ("NOTIFY_FROM", "Desk <a@clinic.org>", "NOTIFY_FROM"),
        ("SMTP_USER", "", "go together"),
        ("SMTP_PASSWORD", "", "go together"),
        ("SMTP_SECURITY", "none", "in the clear"),
        ("INBOX_URL", "inbox", "not an address that a browser opens"),
        ("INBOX_URL", "javascript:alert(1)", "not an address that a browser opens"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wrong(name: str, value: str, told: str) -> None:
    with pytest.raises(MailSettingsError) as error:
        smtp_settings({**WHOLE, name: value})
    assert told in str(error.value)
    assert "What belongs there" in str(error.value)


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(MailSettingsError) as error:
        smtp_settings({"SMTP_PORT": "x"})
    for name in ("SMTP_HOST", "NOTIFY_TO", "NOTIFY_FROM", "SMTP_PORT"):
        assert f"  {name}: " in str(error.value)


def test_the_password_shows_neither_in_the_settings_nor_in_an_error() -> None:
    settings = smtp_settings(WHOLE)
    assert "hunter2" not in f"{settings!r} {settings}"
    with pytest.raises(MailSettingsError) as error:
        smtp_settings({**WHOLE, "SMTP_USER": ""})
    assert "hunter2" not in str(error.value)


def test_a_relay_on_this_machine_may_be_logged_in_to_without_encryption() -> None:
    assert smtp_settings({**WHOLE, "SMTP_HOST": "127.0.0.1", "SMTP_SECURITY": "none"}) is not None
