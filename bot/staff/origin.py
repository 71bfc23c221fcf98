"""Refuses what another site's page has sent, and bodies larger than any form of ours."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.staff.pages import Pages

_READING = ("GET", "HEAD")
_LARGEST = 64 * 1024  # bytes; a note of 2,000 characters needs 24,000 at the most


class OwnPagesOnly:
    """ASGI middleware: what changes something, or hands out a file, must come from a page of this very address.

    Args:
        app: What lies behind.
        pages: Shows the refusal.
    """

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets through, or doesn't."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if not _is_ours(request):
            refusal = await self._pages.fault(request, HTTPStatus.FORBIDDEN, "other_site")
        elif _is_too_large(request):
            refusal = await self._pages.fault(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            await self._app(scope, receive, send)
            return
        await refusal(scope, receive, send)


def _is_ours(request: Request) -> bool:
    """Whether a page of ours has sent it. Browsers tell, and no page can make them tell otherwise."""
    told = request.headers.get("sec-fetch-site")
    if request.method in _READING:
        # a page may be opened from anywhere (the cookie stays away then); a file is not
        return "/export/" not in request.url.path or told in (None, "same-origin", "none")
    origin = request.headers.get("origin")
    if origin and origin != "null":
        return origin == f"{request.url.scheme}://{request.headers.get('host')}"
    return told == "same-origin"


def _is_too_large(request: Request) -> bool:
    """Whether a body is larger than a form of ours, or doesn't say how large it is."""
    length = request.headers.get("content-length", "0")
    return "transfer-encoding" in request.headers or not length.isdecimal() or int(length) > _LARGEST
