"""Which websites may show the chat."""

from __future__ import annotations

import pytest

from bot.channels.origins import OriginError, Origins

CLINIC = Origins({"WEB_ORIGINS": "https://www.clinic.example, http://localhost:8000/"})


@pytest.mark.parametrize(
    "origin",
    ["https://www.clinic.example", "HTTPS://WWW.Clinic.Example", "http://localhost:8000", "https://chat.example", None],
)
def test_the_named_websites_the_channels_own_and_what_is_no_browser_may_ask(origin: str | None) -> None:
    assert CLINIC.allow(origin, "chat.example")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://www.clinic.example",
        "https://www.clinic.example:8443",
        "https://www.clinic.example.evil.example",
        "https://clinic.example",
        "https://chat.example:444",
        "null",
        "",
        "chat.example",
        "http://[",
        "http://\u2100.com",
    ],
)
def test_no_other_website_may_ask(origin: str) -> None:
    assert not CLINIC.allow(origin, "chat.example")


def test_without_a_setting_only_the_channels_own_website_may_ask() -> None:
    assert Origins({}).allow("http://127.0.0.1:5005", "127.0.0.1:5005")
    assert not Origins({}).allow("https://www.clinic.example", "127.0.0.1:5005")
    assert not Origins({}).allow("null", "")


@pytest.mark.parametrize("named", ["*", "www.clinic.example", "https://www.clinic.example/chat", "ftp://a.b", "null"])
def test_what_is_no_origin_is_told(named: str) -> None:
    with pytest.raises(OriginError, match="WEB_ORIGINS"):
        Origins({"WEB_ORIGINS": f"https://fine.example,{named}"})
