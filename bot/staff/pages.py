"""Shows pages: the templates with the words, times as the clinic's clock shows them, and pages that tell of a fault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqladmin.templating import Jinja2Templates
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.clinic import the_clinic
from bot.storage.models import Status

TEMPLATES = Path(__file__).with_name("templates")
"""The folder of the templates; sqladmin looks here before its own."""


@lru_cache(maxsize=1)
def the_words() -> dict[str, Any]:
    """The words of words.yml, read once."""
    words: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
    return words


def clinic_time(moment: datetime) -> str:
    """A moment as the clinic's clock shows it, such as `Mon, Nov 23, 2026, 2:05 PM`."""
    return f"{clinic_day(moment)}, {_local(moment):%I:%M %p}".replace(", 0", ", ")


def clinic_day(moment: datetime) -> str:
    """The day of a moment at the clinic, such as `Mon, Nov 23, 2026`."""
    return f"{_local(moment):%a, %b} {_local(moment).day}, {_local(moment).year}"


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(the_clinic().time_zone))


class Pages:
    """Shows templates.

    Args:
        templates: sqladmin's, so that its views and ours look alike.
    """

    def __init__(self, templates: Jinja2Templates) -> None:
        self._templates = templates
        templates.env.filters.update(clinic_time=clinic_time, clinic_day=clinic_day)
        templates.env.globals.update(words=the_words(), clinic=the_clinic(), statuses=[one.value for one in Status])

    async def show(
        self, request: Request, name: str, context: Mapping[str, Any] | None = None, status: int = 200
    ) -> Response:
        """A page made of a template."""
        return await self._templates.TemplateResponse(request, name, dict(context or {}), status)

    async def fault(self, request: Request, status: int, what: str = "") -> Response:
        """A page that tells what went wrong and what to do.

        Args:
            request: What it answers.
            status: The HTTP status.
            what: Which words; those of the status by default.

        Returns:
            The page.
        """
        return await self.show(request, "sqladmin/error.html", {"status_code": status, "message": what}, status)

    async def failure(self, request: Request, _error: Exception) -> Response:
        """The page of an error that nobody foresaw."""
        return await self.fault(request, HTTPStatus.INTERNAL_SERVER_ERROR)

    async def http_fault(self, request: Request, error: Exception) -> Response:
        """The page of an HTTPException: its status, and the words that its detail names."""
        if not isinstance(error, HTTPException):
            raise error
        return await self.fault(request, error.status_code, error.detail)
