"""The channel against its own OpenAPI file: a fuzzer sends what the file allows and what it forbids."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
import schemathesis
from hypothesis import settings

from tests.channels.browser import Browser

schema = schemathesis.pytest.from_fixture("described")


@pytest.fixture
def described(site: str) -> Any:
    """The file as the channel serves it, and the channel behind it."""
    return schemathesis.openapi.from_url(f"{site}/webhooks/web/openapi.json")


@pytest.fixture
def token(site: str) -> str:
    """A session's token."""
    return Browser(site).token


@schema.parametrize()
@settings(max_examples=40, deadline=None)
def test_every_reply_is_as_the_file_says(case: Any, token: str) -> None:
    headers = {} if case.operation.path in ("/sessions", "/health") else {"Authorization": f"Bearer {token}"}
    case.call_and_validate(headers=headers)


def test_the_file_names_every_door_of_the_channel(site: str) -> None:
    with urllib.request.urlopen(f"{site}/webhooks/web/openapi.json", timeout=10) as answer:
        described = json.load(answer)
    assert described["openapi"].startswith("3.1")
    assert {*described["paths"]} == {"/sessions", "/history", "/messages", "/health"}
