"""Which websites may show the chat: the channel's own, and those that the clinic names."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

SETTING = "WEB_ORIGINS"

_ALLOWED_HEADERS = "Authorization, Content-Type, Accept"
_PREFLIGHT_SECONDS = "3600"


class OriginError(ValueError):
    """An origin of the environment is none. The message says which, and how to write one."""


class Origins:
    """The websites that may talk to the channel.

    Args:
        environment: Where `WEB_ORIGINS` may name websites, such as `https://www.example.com`, with commas between.

    Raises:
        OriginError: One of them is no origin.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        named = (environment.get(SETTING) or "").split(",")
        self._named = frozenset(_checked(one.strip().rstrip("/").lower()) for one in named if one.strip())

    def allow(self, origin: str | None, host: str) -> bool:
        """Whether a request may come from this origin; one without is no browser's, which could say anything.

        Args:
            origin: The request's `Origin` header.
            host: Its `Host` header.
        """
        if origin is None:
            return True
        try:
            netloc = urlsplit(origin.lower()).netloc
        except ValueError:
            return False
        return origin.lower() in self._named or netloc == host.lower() != ""

    def headers(self, origin: str | None) -> dict[str, str]:
        """What tells a browser that a page of an allowed origin may read the reply (CORS)."""
        if origin is None:
            return {"Vary": "Origin"}
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": _ALLOWED_HEADERS,
            "Access-Control-Expose-Headers": "Retry-After",
            "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
        }


def _checked(origin: str) -> str:
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.netloc or f"{parts.scheme}://{parts.netloc}" != origin:
        raise OriginError(f"{SETTING}: {origin!r} is no website's origin. Write it as https://www.example.com")
    return origin
