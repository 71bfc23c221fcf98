"""The settings of Messenger: none, all, or an error that says what to mend."""

from __future__ import annotations

import pytest

from bot.messenger.settings import MessengerSettings, MessengerSettingsError, messenger_line, messenger_settings

WHOLE = {
    "MESSENGER_VERIFY_TOKEN": "open-sesame",
    "MESSENGER_APP_SECRET": "0123456789abcdef",
    "MESSENGER_PAGE_TOKEN": "EAAGm0PX4ZCps",
}


def read(**others: str) -> MessengerSettings:
    settings = messenger_settings({**WHOLE, **others})
    assert settings
    return settings


def test_where_nothing_is_set_messenger_is_off_and_start_up_says_so() -> None:
    assert messenger_settings({"PATH": "/bin", "MESSENGER_PAGE_TOKEN": "  ", "MESSENGER_TYPO": ""}) is None
    assert messenger_line(None) == (
        "Messenger: off (set MESSENGER_VERIFY_TOKEN, MESSENGER_APP_SECRET and MESSENGER_PAGE_TOKEN to switch it on)"
    )


def test_what_is_set_is_read_and_the_rest_has_defaults() -> None:
    settings = read(MESSENGER_PAGE_TOKEN=" EAAGm0PX4ZCps\n")
    assert (settings.verify_token, settings.app_secret, settings.page_token) == tuple(WHOLE.values())
    assert (settings.graph_url, settings.graph_version) == ("https://graph.facebook.com", "v25.0")
    assert (settings.intake, settings.people_minutes, settings.inbox_app_id) == (False, 720, 263902037430900)
    assert messenger_line(settings) == (
        "Messenger: on, webhook at /webhooks/messenger/webhook; symptoms and requests are taken elsewhere"
    )


def test_all_of_it_can_be_set() -> None:
    settings = read(
        MESSENGER_GRAPH_URL="https://graph.example.com:8443/",
        MESSENGER_GRAPH_VERSION="v26.1",
        MESSENGER_INTAKE="with_consent",
        MESSENGER_PEOPLE_MINUTES="1380",
        MESSENGER_INBOX_APP_ID="42",
    )
    assert (settings.graph_url, settings.graph_version) == ("https://graph.example.com:8443", "v26.1")
    assert (settings.intake, settings.people_minutes, settings.inbox_app_id) == (True, 1380, 42)
    assert messenger_line(settings).endswith("symptoms and requests are taken after consent")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080"])
def test_on_this_machine_the_address_may_do_without_encryption(url: str) -> None:
    assert read(MESSENGER_GRAPH_URL=url).graph_url == url


@pytest.mark.parametrize("missing", WHOLE)
def test_a_missing_setting_is_named_with_what_belongs_there(missing: str) -> None:
    with pytest.raises(MessengerSettingsError, match=f"{missing}: is missing. What belongs there: ") as error:
        messenger_settings({**WHOLE, missing: ""})
    assert len(str(error.value).splitlines()) == 2


def test_one_setting_alone_has_all_missing_ones_named() -> None:
    with pytest.raises(MessengerSettingsError) as error:
        messenger_settings({"MESSENGER_INTAKE": "elsewhere"})
    for name in WHOLE:
        assert f"  {name}: is missing" in str(error.value)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MESSENGER_GRAPH_URL", "http://graph.example.com", "does not begin with https://"),
        ("MESSENGER_GRAPH_URL", "graph.facebook.com", "does not begin with https://"),
        ("MESSENGER_GRAPH_URL", "ftp://127.0.0.1", "does not begin with https://"),
        ("MESSENGER_GRAPH_URL", "https://graph.facebook.com/v25.0", "more to it than a host and a port"),
        ("MESSENGER_GRAPH_URL", "https://graph.facebook.com?a=b", "more to it than a host and a port"),
        ("MESSENGER_GRAPH_URL", "https://graph.facebook.com#a", "more to it than a host and a port"),
        ("MESSENGER_GRAPH_URL", "https://kim:hunter2@graph.facebook.com", "more to it than a host and a port"),
        ("MESSENGER_GRAPH_URL", "https://graph.face book.com", "more to it than a host and a port"),
        ("MESSENGER_GRAPH_URL", "https://graph.facebook.com:port", "is not an address"),
        ("MESSENGER_GRAPH_URL", "https://[", "is not an address"),
        ("MESSENGER_GRAPH_VERSION", "25", "is not a version"),
        ("MESSENGER_GRAPH_VERSION", "v25.0/me", "is not a version"),
        ("MESSENGER_INTAKE", "yes", "is neither of two words"),
        ("MESSENGER_PEOPLE_MINUTES", "0", "from 1 to 1380"),
        ("MESSENGER_PEOPLE_MINUTES", "1381", "from 1 to 1380"),
        ("MESSENGER_PEOPLE_MINUTES", "²", "from 1 to 1380"),
        ("MESSENGER_INBOX_APP_ID", "inbox", "is not an app's number"),
        ("MESSENGER_PAGE_TOKEN", "EAAG m0PX", "in no token"),
        ("MESSENGER_PAGE_TOKEN", "EAAG\r\nX-Evil: 1", "in no token"),
        ("MESSENGER_INTAK", "with_consent", "is not known. Known are MESSENGER_VERIFY_TOKEN"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wrong(name: str, value: str, told: str) -> None:
    with pytest.raises(MessengerSettingsError) as error:
        messenger_settings({**WHOLE, name: value})
    assert f"  {name}: " in str(error.value)
    assert told in str(error.value)


def test_no_secret_shows_in_the_settings_or_in_an_error() -> None:
    shown = f"{read()!r} {read()} {messenger_line(read())}"
    with pytest.raises(MessengerSettingsError) as error:
        read(MESSENGER_PAGE_TOKEN="EAAGm0PX4ZCps \x00", MESSENGER_GRAPH_URL="https://kim:hunter2@x.org")
    for secret in (*WHOLE.values(), "hunter2"):
        assert secret not in shown
        assert secret not in str(error.value)
