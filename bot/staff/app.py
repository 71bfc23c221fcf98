"""Puts the inbox together: sqladmin with our views behind login, gate and headers. Built at start, never at import."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from pathlib import Path

from sqladmin import Admin
from sqlalchemy.orm import sessionmaker
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.staff.answers import Answers
from bot.staff.audit_view import AuditView
from bot.staff.gate import Gate
from bot.staff.insight_views import AskedView, NotUnderstoodView
from bot.staff.login import HOME, Login
from bot.staff.origin import OwnPagesOnly
from bot.staff.pages import TEMPLATES, Pages, the_words
from bot.staff.passwords import nobodys
from bot.staff.requests_view import RequestsView
from bot.staff.sessions import LONGEST
from bot.storage import Database

_OF_SQLADMIN = {"statics", "list", "details", "export"}  # what else it has changes rows, or asks nobody for a login


def staff_app(
    database_url: str,
    secret: str,
    *,
    https: bool = False,
    hosts: Sequence[str] = ("*",),
) -> Starlette:
    """The inbox as an ASGI application.

    Args:
        database_url: The database's address; its tables are there.
        secret: Signs the session cookie.
        https: Whether the pages are reached by HTTPS, at a proxy before this server: the cookie then needs it.
        hosts: The names under which the pages may be asked for; any by default.

    Returns:
        The application.
    """
    database = Database(database_url)
    nobodys()  # drawn now, so that the first wrong name does not take longer than the next
    app = Starlette(routes=[Route("/", _to_the_inbox)], lifespan=_closing(database))
    admin = Admin(
        app,
        session_maker=sessionmaker(database.engine, future=True),
        base_url=HOME.rstrip("/"),
        title=the_words()["title"],
        templates_dir=str(TEMPLATES),
    )
    admin.admin.state.database = database
    pages = Pages(admin.templates)
    admin.admin.router.routes = _routes(admin, Login(database, pages))
    for view in (RequestsView, AskedView, NotUnderstoodView, AuditView):
        admin.add_view(view)
    app.add_exception_handler(HTTPException, pages.http_fault)
    admin.admin.add_exception_handler(Exception, pages.failure)
    # the last one added is the first that a request meets
    app.add_middleware(Gate, database=database)
    app.add_middleware(OwnPagesOnly, pages=pages)
    app.add_middleware(
        SessionMiddleware,
        secret_key=secret,
        session_cookie="staff_session",
        max_age=LONGEST,
        path=HOME,
        same_site="strict",
        https_only=https,
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    app.add_middleware(Answers, pages=pages, https=https)
    return app


def _routes(admin: Admin, login: Login) -> list[BaseRoute]:
    """What is reached below the inbox's address, before the views add theirs."""
    kept = [route for route in admin.admin.router.routes if getattr(route, "name", None) in _OF_SQLADMIN]
    files = Mount("/files", StaticFiles(directory=Path(__file__).with_name("files")), name="files")
    return [Route("/", _to_the_inbox, name="index"), *login.routes(), files, *kept]


async def _to_the_inbox(request: Request) -> Response:
    """The list of requests is where everybody begins."""
    return RedirectResponse(request.url_for("admin:list", identity="requests"), HTTPStatus.SEE_OTHER)


def _closing(database: Database) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        database.close()

    return lifespan
