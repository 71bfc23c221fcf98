"""What the widget does over HTTP, without the widget."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from typing import Any


class Browser:
    """A patient's browser with a session."""

    def __init__(self, site: str) -> None:
        self.channel = f"{site}/webhooks/web"
        self.opening = self.post("sessions", {"consent": True})
        self.token = self.opening["token"]
        self.menu: dict[str, str] = self.opening["menu"]
        self.offered: dict[str, str] = {}
        self._keep(self.opening)

    def post(self, path: str, body: object, token: str | None = None, kind: str = "application/json") -> dict[str, Any]:
        """Posts a body; gives the answer with its status."""
        status, answer = ask(f"{self.channel}/{path}", json.dumps(body).encode(), token, kind)
        return {**answer, "status": status}

    def say(self, text: str, key: str | None = None) -> list[dict[str, Any]]:
        """Types a message; gives the replies."""
        return self._keep(self.post("messages", {"key": key or new_key(), "text": text}, self.token))

    def press(self, title: str, key: str | None = None) -> list[dict[str, Any]]:
        """Takes a button."""
        body = {"key": key or new_key(), "button": self.offered[title]}
        return self._keep(self.post("messages", body, self.token))

    def reload(self, token: str | None = None) -> dict[str, Any]:
        """Opens the page anew; gives the history with its status."""
        status, answer = ask(f"{self.channel}/history", None, token or self.token)
        if status == 200:
            self._keep(answer)
        return {**answer, "status": status}

    def _keep(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = answer["messages"]
        self.token = answer.get("token") or self.token
        self.offered = {button["title"]: button["id"] for button in messages[-1]["buttons"]}
        return messages


def new_key() -> str:
    """A key that no message had before."""
    return secrets.token_urlsafe(12)


def ask(
    address: str, body: bytes | None, token: str | None = None, kind: str = "application/json", **headers: str
) -> tuple[int, dict[str, Any]]:
    """Posts bytes, or gets where there are none; gives status and JSON."""
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(address, body, {"Content-Type": kind, **bearer, **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def names(messages: list[dict[str, Any]]) -> list[str]:
    """The names of the responses."""
    return [message["response"] for message in messages]
