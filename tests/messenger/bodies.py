"""Webhook bodies in Meta's shapes, and what signs and posts them."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import os
import urllib.error
import urllib.request
from typing import Any

from tests.messenger.fake_graph import APP_SECRET

PAGE = "404217156637689"
_numbers = itertools.count(1)


def batch(*events: dict[str, Any], page: str = PAGE) -> dict[str, Any]:
    """A body with these events in one entry."""
    return {"object": "page", "entry": [{"id": page, "time": 1458692752478, "messaging": list(events)}]}


def event(person: str, at: int | None = None, **content: Any) -> dict[str, Any]:
    """An event of a person."""
    at = at if at is not None else 1_760_000_000_000 + next(_numbers)
    return {"sender": {"id": person}, "recipient": {"id": PAGE}, "timestamp": at, **content}


def message(person: str, text: str | None = None, mid: str | None = None, at: int | None = None, **more: Any) -> Any:
    """A message, of a text or of whatever else."""
    words = {} if text is None else {"text": text}
    return event(person, at, message={"mid": mid or f"m_{os.getpid()}_{next(_numbers)}_{person}", **words, **more})


def attachment(person: str, kind: str, **payload: Any) -> Any:
    """A message that is a picture, a place, a sticker ..."""
    return message(person, attachments=[{"type": kind, "payload": payload}])


def tapped(person: str, title: str, payload: str) -> Any:
    """A quick reply."""
    return message(person, title, quick_reply={"payload": payload})


def postback(person: str, **content: Any) -> Any:
    """A button of the menu, an ice breaker, or get started."""
    return event(person, postback={"mid": f"m_{next(_numbers)}_{person}", **content})


def signature(body: bytes, secret: str = APP_SECRET) -> str:
    """What Meta signs a body with."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(address: str, body: bytes | dict[str, Any], signed: str | None = "") -> int:
    """Posts a body to a webhook, signed as Meta does unless told otherwise; gives the status."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    if signed is not None:
        headers["X-Hub-Signature-256"] = signed or signature(raw)
    try:
        with urllib.request.urlopen(urllib.request.Request(address, raw, headers), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
