"""The staff's pages on a bare Admin of their own, for tests: anybody who names a user in the address is logged in."""

from __future__ import annotations

from sqladmin import Admin
from sqlalchemy import create_engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.insight.pages import AskedView, NotUnderstoodView

SECRET = "a secret of the tests"
POLICY = "default-src 'self'; form-action 'self'"


def staff_app(url: str) -> Starlette:
    """An app with the two pages below /admin, and /enter?user=... that logs in."""
    app = Starlette(middleware=[Middleware(SessionMiddleware, secret_key=SECRET)])

    async def enter(request: Request) -> Response:
        request.session["user"] = request.query_params["user"]
        return PlainTextResponse("entered")

    app.add_route("/enter", enter)
    admin = Admin(app, create_engine(url, future=True), title="Springfield Chiropractic Center")
    admin.add_view(AskedView)
    admin.add_view(NotUnderstoodView)
    return app
