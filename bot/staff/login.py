"""Logging in and out: one answer to a wrong name and a wrong password, and a pause after too many of them."""

from __future__ import annotations

from enum import Enum
from http import HTTPStatus

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.staff import throttle
from bot.staff.audit import UNKNOWN, record, record_seldom
from bot.staff.pages import Pages
from bot.staff.passwords import is_right
from bot.staff.sessions import begin, staff_name, who
from bot.staff.users import User, active_user, tidy_name
from bot.storage import Database

HOME = "/staff/"
"""Where the inbox begins."""

_AT_ONCE = 2  # passwords that are checked at the same time: each takes 64 MB


class Refusal(Enum):
    """Why nobody was let in. The values name the words."""

    WRONG = "wrong_login"
    TOO_OFTEN = "too_many_logins"


_STATUS = {Refusal.WRONG: HTTPStatus.UNAUTHORIZED, Refusal.TOO_OFTEN: HTTPStatus.TOO_MANY_REQUESTS}


class Login:
    """The routes of logging in and out.

    Args:
        database: Where users, failures and audit are.
        pages: Shows the form.
    """

    def __init__(self, database: Database, pages: Pages) -> None:
        self._database = database
        self._pages = pages
        self._limiter = CapacityLimiter(_AT_ONCE)

    def routes(self) -> list[Route]:
        """Under the names that sqladmin gives its own."""
        return [
            Route("/login", self.form, name="login", methods=["GET"]),
            Route("/login", self.log_in, methods=["POST"]),
            Route("/logout", self.log_out, name="logout", methods=["POST"]),
        ]

    async def form(self, request: Request) -> Response:
        """The form; who is logged in already is sent on."""
        target = _target(request.query_params.get("next"))
        if await run_in_threadpool(who, request.session, self._database):
            return RedirectResponse(target, HTTPStatus.SEE_OTHER)
        return await self._pages.show(request, "login.html", {"target": target})

    async def log_in(self, request: Request) -> Response:
        """Lets somebody in, or says why not."""
        try:
            name, password, wanted = await _typed(request)
        except ValueError:
            context = {"target": HOME, "refusal": Refusal.WRONG.value}
            return await self._pages.show(request, "login.html", context, _STATUS[Refusal.WRONG])
        target = _target(wanted)
        address = request.client.host if request.client else UNKNOWN
        outcome = await to_thread.run_sync(let_in, self._database, name, password, address, limiter=self._limiter)
        if isinstance(outcome, Refusal):
            context = {"target": target, "refusal": outcome.value}
            return await self._pages.show(request, "login.html", context, _STATUS[outcome])
        begin(request.session, outcome)
        return RedirectResponse(target, HTTPStatus.SEE_OTHER)

    async def log_out(self, request: Request) -> Response:
        """Ends the session."""
        await run_in_threadpool(self._put_down_logout, staff_name(request))
        request.session.clear()
        return RedirectResponse(request.url_for("admin:login"), HTTPStatus.SEE_OTHER)

    def _put_down_logout(self, name: str) -> None:
        with self._database.unit_of_work() as session:
            record(session, name, "logged out")


def let_in(database: Database, name: str, password: str, address: str) -> User | Refusal:
    """Checks a login, counts it and puts it down.

    Args:
        database: Where users, failures and audit are.
        name: Who, tidied.
        password: As typed.
        address: Where it comes from.

    Returns:
        The user, or why nobody was let in.
    """
    with database.unit_of_work() as session:
        user = active_user(session, name)
        known = user.name if user else UNKNOWN
        if throttle.is_refused(session, name, address):
            record_seldom(session, known, "had to wait to log in", throttle.WINDOW)
            return Refusal.TOO_OFTEN
        throttle.put_down(session, name, address)  # before the password is looked at: many at once count as well
    if not is_right(password, user.password_hash if user else None) or user is None:
        with database.unit_of_work() as session:
            record(session, known, "failed to log in")
        return Refusal.WRONG
    with database.unit_of_work() as session:
        throttle.forgive(session, name, address)
        record(session, user.name, "logged in")
    return user


async def _typed(request: Request) -> tuple[str, str, str]:
    """The name, tidied, the password and the wanted page, of a form.

    Raises:
        ValueError: The form's charset is none, or a field holds what no keyboard types and no database takes.
    """
    form = await request.form()
    name, password, wanted = (str(form.get(field, "")) for field in ("name", "password", "next"))
    told = name + password + wanted
    told.encode()  # half of a pair of surrogates is refused here
    if "\0" in told:
        raise ValueError("NUL")
    return tidy_name(name), password, wanted


def _target(wanted: str | None) -> str:
    """Where to go after logging in: a page of the inbox, never another site."""
    return wanted if wanted and wanted.startswith(HOME) else HOME
