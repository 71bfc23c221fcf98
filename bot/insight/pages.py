"""The staff's pages "What patients ask" and "Not understood", as views for sqladmin's Admin.add_view."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from jinja2 import ChoiceLoader, FileSystemLoader
from sqladmin import BaseView, expose
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.clinic import the_clinic
from bot.insight.charts import Chart, charts
from bot.insight.export import Export, exported
from bot.insight.figures import figures
from bot.insight.unclear import Lines, audit, chosen_texts, delete_lines, lines
from bot.insight.words import the_words
from bot.storage.columns import now

WEEKS = (4, 8, 12, 26)
"""How many weeks the page can show."""

_USUAL_WEEKS = 8
_TEMPLATES = Path(__file__).with_name("templates")
_MOST_OF_A_NAME = 80
_HIGHEST_PAGE = 10_000


class _InsightView(BaseView):
    """A page of this room: its templates are found whatever folder the Admin looks in."""

    def __init__(self) -> None:
        super().__init__()
        environment = self.templates.env
        others = [environment.loader] if environment.loader else []
        environment.loader = ChoiceLoader([*others, FileSystemLoader(_TEMPLATES)])

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A session of the Admin's database, whose changes are on disk when the block ends."""
        engine = cast(Engine, self._admin_ref.engine)  # the project's own is never an asynchronous one
        with Session(engine, future=True, expire_on_commit=False) as session, session.begin():
            yield session

    async def page(self, request: Request, template: str, status: int = 200, **shown: Any) -> Response:
        """A page with the words of the room."""
        content = {"words": the_words(), **shown}
        response: Response = await self.templates.TemplateResponse(request, template, content, status_code=status)
        return response


class AskedView(_InsightView):
    """What patients ask: charts of the last weeks, each with its numbers."""

    name = the_words().pages["asked"]
    icon = "fa-solid fa-chart-column"

    @expose("/asked", methods=["GET"], identity="asked")
    async def asked(self, request: Request) -> Response:
        """Shows the charts."""
        wish = request.query_params.get("weeks")
        weeks = next((one for one in WEEKS if str(one) == wish), _USUAL_WEEKS)
        drawn = await asyncio.to_thread(self._drawn, weeks)
        shown: dict[str, Any] = {"title": self.name, "charts": drawn, "weeks": weeks, "choices": WEEKS}
        return await self.page(request, "insight/asked.html", **shown)

    def _drawn(self, weeks: int) -> list[Chart]:
        with self.unit_of_work() as session:
            return charts(figures(session, weeks, now(), the_clinic().time_zone))


class NotUnderstoodView(_InsightView):
    """Messages that were not understood: chosen ones become training examples, or are deleted."""

    name = the_words().pages["not_understood"]
    icon = "fa-solid fa-circle-question"

    @expose("/not-understood", methods=["GET", "POST"], identity="not_understood")
    async def not_understood(self, request: Request) -> Response:
        """Shows the messages; a POST downloads or deletes the ticked ones."""
        if request.method != "POST":
            return await self._shown(request)
        actor = _actor(request)
        form = await request.form()
        ticked = [int(one) for one in map(str, form.getlist("take")) if one.isascii() and one.isdecimal()]
        if not ticked:
            return await self._shown(request, "nothing_ticked")
        if form.get("do") == "delete":
            return await self._deleted(request, ticked, actor)
        choices = {one: str(form.get(f"intent-{one}", "")) for one in ticked}
        return await self._downloaded(request, choices, actor)

    async def _shown(
        self, request: Request, wrong: str | None = None, choices: dict[int, str] | None = None
    ) -> Response:
        """The list, with what was wrong and what was ticked and chosen."""
        page = _page_number(request)
        found = await asyncio.to_thread(self._read, page)
        shown: dict[str, Any] = {
            "title": self.name,
            "lines": found,
            "number": page,
            "intents": the_words().intent_titles(),
        }
        told = {"wrong": wrong, "choices": choices or {}, "deleted": request.query_params.get("deleted")}
        return await self.page(request, "insight/not_understood.html", 400 if wrong else 200, **shown, **told)

    async def _deleted(self, request: Request, ids: list[int], actor: str) -> Response:
        count = await asyncio.to_thread(self._delete, ids, actor)
        address = request.url_for("admin:not_understood").include_query_params(deleted=count)
        return RedirectResponse(address, status_code=303)

    async def _downloaded(self, request: Request, choices: dict[int, str], actor: str) -> Response:
        """The ticked lines as a file, or the list with what is wrong with them."""
        if not all(choices.values()):
            return await self._shown(request, "no_intent", choices)
        if not the_words().intent_titles().keys() >= set(choices.values()):
            return await self._shown(request, "unknown_intent", choices)
        export = await asyncio.to_thread(self._export, choices, actor)
        if not export.examples:
            return await self._shown(request, "no_example", choices)
        note = the_words().pages["left_out"].format(count=export.left_out) + "\n" if export.left_out else ""
        headers = {"Content-Disposition": 'attachment; filename="not_understood.yml"', "Cache-Control": "no-store"}
        return Response(note + export.yaml, media_type="application/yaml", headers=headers)

    def _read(self, page: int) -> Lines:
        with self.unit_of_work() as session:
            return lines(session, page)

    def _delete(self, ids: list[int], actor: str) -> int:
        with self.unit_of_work() as session:
            return delete_lines(session, ids, actor)

    def _export(self, choices: dict[int, str], actor: str) -> Export:
        """The examples; that they were taken is written down before they leave."""
        with self.unit_of_work() as session:
            export = exported((text, choices[one]) for one, text in chosen_texts(session, choices).items())
            audit(session, actor, "exported unclear messages", export.examples)
            return export


def _actor(request: Request) -> str:
    """Who is logged in; nobody else changes anything, even where an Admin was made without a login."""
    user = request.session.get("user")
    if not user:
        raise HTTPException(403)
    return str(user)[:_MOST_OF_A_NAME]


def _page_number(request: Request) -> int:
    wish = request.query_params.get("page", "")
    return min(max(int(wish), 1), _HIGHEST_PAGE) if wish.isascii() and wish.isdecimal() and len(wish) < 9 else 1
