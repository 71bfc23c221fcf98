"""Lets nobody past who is not logged in: whatever lies behind, and whoever has written it."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.staff.sessions import who
from bot.storage import Database

_OPEN = ("/staff/login", "/staff/statics/", "/staff/files/")


class Gate:
    """ASGI middleware: puts the name of the one who is logged in into the scope, or sends to the login.

    Args:
        app: What lies behind.
        database: Where the users are.
    """

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self._app = app
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets through, or doesn't."""
        if scope["type"] != "http" or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        scope["staff"] = await run_in_threadpool(who, request.session, self._database)
        if scope["staff"]:
            await self._app(scope, receive, send)
            return
        wanted = {"next": request.url.path + (f"?{request.url.query}" if request.url.query else "")}
        behind = f"?{urlencode(wanted)}" if request.method == "GET" else ""
        response = RedirectResponse(f"/staff/login{behind}", HTTPStatus.SEE_OTHER)
        await response(scope, receive, send)
