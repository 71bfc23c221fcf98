"""The requests in sqladmin: the list, one request, the export, and the forms that change something."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from sqladmin import ModelView, expose
from sqladmin.pagination import Pagination
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.staff import changes
from bot.staff.audit import record, record_seldom
from bot.staff.export import as_csv
from bot.staff.pages import the_words
from bot.staff.paging import BoundedPages
from bot.staff.requests import MOST_SEARCHED, Line, Opened, Wanted, all_of, counts, opened, page_of
from bot.staff.sessions import staff_name
from bot.storage import Database
from bot.storage.columns import now
from bot.storage.models import BookingRequestRow

_LISTED_FOR = timedelta(minutes=10)  # one line of the audit stands for every look at the list

_Lines = list[Line]  # in the view, `list` is the page of that name


class RequestsView(BoundedPages, ModelView, model=BookingRequestRow):
    """Requests for a visit. What the patient wrote can be neither made nor changed here.

    sqladmin's own queries search and sort in SQL, which cannot read what is encrypted: they are replaced.
    """

    name = the_words()["requests"]["one"]
    name_plural = the_words()["requests"]["many"]
    can_create = False
    can_edit = False
    can_delete = False  # by sqladmin's script, that is; the form `erase` does it
    export_types = ["csv"]
    list_template = "requests.html"
    details_template = "request.html"
    page_size = 25
    page_size_options = [25]
    most_searched = MOST_SEARCHED
    most_characters = changes.MOST_CHARACTERS

    async def list(self, request: Request) -> Pagination:
        """A page of the list, as filter and search ask for it."""
        page = self.validate_page_number(request.query_params.get("page"), 1)
        return await run_in_threadpool(self._page, _database(request), staff_name(request), _wanted(request), page)

    async def counts(self, request: Request) -> dict[str, int]:
        """How many requests there are of each status."""
        return await run_in_threadpool(_counts, _database(request))

    async def get_object_for_details(self, request: Request) -> Opened:
        """One request with all that belongs to it; who looked at it is put down."""
        return await run_in_threadpool(_open, _database(request), staff_name(request), request.path_params["pk"])

    async def get_model_objects(self, request: Request, limit: int | None = 0) -> _Lines:
        """What the export holds: all that the list has pages of."""
        return await run_in_threadpool(_export, _database(request), staff_name(request), _wanted(request))

    async def export_data(self, data: _Lines, export_type: str = "csv") -> Response:  # type: ignore[override]
        """The CSV file."""
        file = f'attachment; filename="requests-{now():%Y-%m-%d}.csv"'
        return Response(as_csv(data), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": file})

    @expose("/{reference}/status", methods=["POST"])
    async def mark(self, request: Request) -> Response:
        """Takes a button that marks a request."""
        form = await request.form()
        await self._change(request, changes.mark, str(form.get("status")), str(form.get("version")))
        return _back_to(request, "marked")

    @expose("/{reference}/notes", methods=["POST"])
    async def note(self, request: Request) -> Response:
        """Takes a note."""
        form = await request.form()
        await self._change(request, changes.add_note, str(form.get("text", "")))
        return _back_to(request, "noted")

    @expose("/{reference}/delete", methods=["POST"])
    async def erase(self, request: Request) -> Response:
        """Deletes a request; the form holds the confirmation."""
        form = await request.form()
        if form.get("sure") != "yes":
            raise HTTPException(HTTPStatus.BAD_REQUEST, "not_sure")
        await self._change(request, changes.delete)
        address = request.url_for("admin:list", identity="requests").include_query_params(notice="deleted")
        return RedirectResponse(address, HTTPStatus.SEE_OTHER)

    async def _change(self, request: Request, change: Any, *told: str) -> None:
        reference = request.path_params["reference"]
        await run_in_threadpool(change, _database(request), staff_name(request), reference, *told)

    def _page(self, database: Database, actor: str, wanted: Wanted, page: int) -> Pagination:
        with database.unit_of_work() as session:
            count, there, lines = page_of(session, wanted, page, self.page_size)
            if wanted.words:
                record(session, actor, "searched", detail=f"{count} found")
            else:
                record_seldom(session, actor, "listed requests", _LISTED_FOR)
        return Pagination(rows=lines, page=there, page_size=self.page_size, count=count)


RequestsView.identity = "requests"  # in addresses; sqladmin would take the model's name


def _counts(database: Database) -> dict[str, int]:
    with database.unit_of_work() as session:
        return counts(session)


def _open(database: Database, actor: str, reference: str) -> Opened:
    with database.unit_of_work() as session:
        found = opened(session, reference)
        record(session, actor, "opened a request", subject=reference)
        return found


def _export(database: Database, actor: str, wanted: Wanted) -> _Lines:
    with database.unit_of_work() as session:
        lines = all_of(session, wanted)
        narrowed = f", status {wanted.status}" if wanted.status else ""
        record(
            session,
            actor,
            "exported requests",
            detail=f"{len(lines)}{narrowed}{', by a search' if wanted.words else ''}",
        )
        return lines


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _wanted(request: Request) -> Wanted:
    return Wanted.of(request.query_params)


def _back_to(request: Request, notice: str) -> Response:
    address = request.url_for("admin:details", identity="requests", pk=request.path_params["reference"])
    return RedirectResponse(address.include_query_params(notice=notice), HTTPStatus.SEE_OTHER)
