"""What every answer bears: the headers that browsers guard pages by; and a page where the program has failed."""

from __future__ import annotations

import logging
import traceback

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.staff.pages import Pages
from bot.storage import DataKeyError

logger = logging.getLogger(__name__)

HEADERS = {
    # no script at all: the pages need none, and what patients wrote could not run even if it got past the escaping
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # tells other sites nothing; `no-referrer` would have browsers hide from us as well where a form comes from
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_KEPT_BY_BROWSERS = ("/staff/statics/", "/staff/files/")


class Answers:
    """ASGI middleware, the outermost.

    Args:
        app: What lies behind.
        pages: Shows the page of a failure.
        https: Whether the pages are reached by HTTPS, at a proxy before this server.
    """

    def __init__(self, app: ASGIApp, pages: Pages, https: bool) -> None:
        self._app = app
        self._pages = pages
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, whatever happens behind."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._https:
            scope["scheme"] = "https"
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["Cache-Control"] = "no-cache" if scope["path"].startswith(_KEPT_BY_BROWSERS) else "no-store"
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:  # whatever it was, the front desk gets words
            _tell(error)
            if not begun:  # an answer that has begun is cut off by the server
                response = await self._pages.failure(Request(scope), error)
                await response(scope, receive, send_with_headers)


def _tell(error: Exception) -> None:
    """Logs a failure by kind and place: messages of databases quote values. Those of our own keys don't."""
    place = "".join(traceback.format_tb(error.__traceback__))
    what = str(error) if isinstance(error, DataKeyError) else type(error).__name__
    logger.error("A page could not be shown: %s\n%s", what, place)
