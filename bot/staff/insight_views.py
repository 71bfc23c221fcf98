"""The pages "What patients ask" and "Not understood" in sqladmin."""

from __future__ import annotations

from typing import Any

from sqladmin import BaseView, expose
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.clinic import the_clinic
from bot.insight.charts import Chart, charts
from bot.insight.export import Export, exported
from bot.insight.figures import figures
from bot.insight.unclear import Lines, audit, chosen_texts, delete_lines, lines
from bot.insight.words import the_words
from bot.staff.sessions import staff_name
from bot.storage.columns import now

WEEKS = (4, 8, 12, 26)
"""How many weeks the page can show."""

_USUAL_WEEKS = 8
_HIGHEST_PAGE = 10_000
_MOST_DIGITS = 9  # a number of more may be none that a database takes


class _InsightView(BaseView):
    """A page whose words are those of `bot.insight`."""

    async def page(self, request: Request, template: str, status: int = 200, **shown: Any) -> Response:
        """The page, made of a template."""
        content = {"title": self.name, "insight": the_words(), **shown}
        return await self.templates.TemplateResponse(request, template, content, status)


class AskedView(_InsightView):
    """What patients ask: charts of the last weeks, each with its numbers."""

    name = the_words().pages["asked"]

    @expose("/asked", methods=["GET"], identity="asked")
    async def asked(self, request: Request) -> Response:
        """Shows the charts."""
        wish = request.query_params.get("weeks")
        weeks = next((one for one in WEEKS if str(one) == wish), _USUAL_WEEKS)
        drawn = await run_in_threadpool(_drawn, request, weeks)
        return await self.page(request, "insight/asked.html", charts=drawn, weeks=weeks, choices=WEEKS)


class NotUnderstoodView(_InsightView):
    """Messages that were not understood: chosen ones become training examples, or are deleted."""

    name = the_words().pages["not_understood"]

    @expose("/not-understood", methods=["GET", "POST"], identity="not_understood")
    async def not_understood(self, request: Request) -> Response:
        """Shows the messages; a POST downloads or deletes the ticked ones."""
        if request.method != "POST":
            return await self._shown(request)
        form = await request.form()
        numbers = (_number(str(one)) for one in form.getlist("take"))
        ticked = [one for one in numbers if one is not None]
        if not ticked:
            return await self._shown(request, "nothing_ticked")
        if form.get("do") == "delete":
            count = await run_in_threadpool(_delete, request, ticked)
            address = request.url_for("admin:not_understood").include_query_params(deleted=count)
            return RedirectResponse(address, 303)
        return await self._downloaded(request, {one: str(form.get(f"intent-{one}", "")) for one in ticked})

    async def _shown(
        self, request: Request, wrong: str | None = None, choices: dict[int, str] | None = None
    ) -> Response:
        """The list, with what was wrong and what was ticked and chosen."""
        number = min(max(_number(request.query_params.get("page", "")) or 1, 1), _HIGHEST_PAGE)
        return await self.page(
            request,
            "insight/not_understood.html",
            400 if wrong else 200,
            lines=await run_in_threadpool(_read, request, number),
            number=number,
            wrong=wrong,
            choices=choices or {},
            deleted=_number(request.query_params.get("deleted", "")),
        )

    async def _downloaded(self, request: Request, choices: dict[int, str]) -> Response:
        """The ticked lines as a file, or the list with what is wrong with them."""
        if not all(choices.values()):
            return await self._shown(request, "no_intent", choices)
        if not the_words().intent_titles().keys() >= set(choices.values()):
            return await self._shown(request, "unknown_intent", choices)
        export = await run_in_threadpool(_export, request, choices)
        if not export.examples:
            return await self._shown(request, "no_example", choices)
        note = the_words().pages["left_out"].format(count=export.left_out) + "\n" if export.left_out else ""
        headers = {"Content-Disposition": 'attachment; filename="not_understood.yml"'}
        return Response(note + export.yaml, media_type="application/yaml", headers=headers)


def _drawn(request: Request, weeks: int) -> list[Chart]:
    with request.app.state.database.unit_of_work() as session:
        counted = figures(session, weeks, now(), the_clinic().time_zone)
    return charts(counted)


def _read(request: Request, page: int) -> Lines:
    with request.app.state.database.unit_of_work() as session:
        return lines(session, page)


def _delete(request: Request, ids: list[int]) -> int:
    with request.app.state.database.unit_of_work() as session:
        return delete_lines(session, ids, staff_name(request))


def _export(request: Request, choices: dict[int, str]) -> Export:
    """The examples; that they were taken is written down before they leave."""
    with request.app.state.database.unit_of_work() as session:
        export = exported((text, choices[one]) for one, text in chosen_texts(session, choices).items())
        audit(session, staff_name(request), "exported unclear messages", export.examples)
        return export


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None
