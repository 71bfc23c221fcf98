"""The staff's pages on a bare Admin, under the policy that they live with; who names a user is logged in."""

from __future__ import annotations

from sqladmin import Admin
from sqlalchemy import create_engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.insight.pages import AskedView, NotUnderstoodView

SECRET = "a secret of the tests"
POLICY = "default-src 'self'; img-src 'self' data:; form-action 'self'"  # sqladmin's styles hold small pictures


def staff_app(url: str) -> Starlette:
    """An app with the two pages below /admin, and /enter?user=... that logs in."""
    app = Starlette(middleware=[Middleware(SessionMiddleware, secret_key=SECRET)])

    async def enter(request: Request) -> Response:
        request.session["user"] = request.query_params["user"]
        return PlainTextResponse("entered")

    async def with_policy(request: Request, answer: RequestResponseEndpoint) -> Response:
        response = await answer(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    app.add_route("/enter", enter)
    app.add_middleware(BaseHTTPMiddleware, dispatch=with_policy)
    admin = Admin(app, create_engine(url, future=True), title="Springfield Chiropractic Center", favicon_url="data:,")
    admin.add_view(AskedView)
    admin.add_view(NotUnderstoodView)
    return app
