"""What of the web channel is no conversation: the widget's files, the demo page, who may ask, errors in words."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml
from sanic import Blueprint, Sanic
from sanic.exceptions import NotFound, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, raw
from sanic.response import json as json_response

from bot.channels.origins import Origins
from bot.channels.requests import MOST_BYTES, CheckedRequest
from bot.clinic import the_clinic
from bot.privacy.retention import the_limits
from bot.web import CHANNEL, WebFile, Widget, the_widget

logger = logging.getLogger(__name__)

Refusal = Callable[[str, HTTPStatus], HTTPResponse]

_CHANNEL = f"/{CHANNEL}"
_WIDGET = f"{_CHANNEL}widget/"
_SCHEMA_FILE = Path(__file__).with_name("openapi.yml")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Site:
    """Serves what is not said.

    Args:
        origins: Which websites may talk to the channel.
        refusal: Makes a reply of the channel's own words, with a status.
    """

    def __init__(self, origins: Origins, refusal: Refusal) -> None:
        self._origins = origins
        self._refusal = refusal

    def add_to(self, routes: Blueprint) -> None:
        """Adds the routes, and what every request and reply of the channel goes through."""
        routes.add_route(_schema, "/openapi.json", methods=["GET"])
        routes.add_route(_widget_file, "/widget/<digest:str>/<name:str>", methods=["GET"])
        routes.add_route(_site_style, "/site.css", methods=["GET"])
        routes.listener("before_server_start")(self._prepare)

    async def _prepare(self, app: Sanic, _loop: Any) -> None:
        app.config.REQUEST_MAX_SIZE = MOST_BYTES
        app.register_middleware(self._before, "request")
        app.register_middleware(self._after, "response")
        app.request_class = CheckedRequest
        app.error_handler.add(Exception, self._in_words)
        clinics_widget()  # a fault in its files is told at the start

    async def _before(self, request: Request) -> HTTPResponse | None:
        """The pages at the root; for the channel, who may ask."""
        if request.path in _ROOT and request.method in ("GET", "HEAD"):
            return _ROOT[request.path](request)
        if not _is_the_channels(request) or request.path.startswith(_WIDGET):
            return None  # any website may show the widget; what it may ask is checked when it asks
        if not self._origins.allow(request.headers.get("origin"), _host(request)):
            return self._refusal("wrong_origin", HTTPStatus.FORBIDDEN)
        return None

    async def _after(self, request: Request, response: HTTPResponse) -> None:
        """The headers of the channel's replies; a file brings its own."""
        if not _is_the_channels(request) or "Content-Security-Policy" in response.headers:
            return
        response.headers.update(_HEADERS)
        origin = request.headers.get("origin")
        if self._origins.allow(origin, _host(request)):
            response.headers.update(self._origins.headers(origin))

    async def _in_words(self, request: Request, error: Exception) -> HTTPResponse:
        """What the server refuses by itself (size, method, address), or fails at, in words."""
        if not isinstance(error, SanicException):
            logger.error("a request has failed: %s", type(error).__name__)
        status = HTTPStatus(getattr(error, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR))
        words = "trouble" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "bad_request"
        response = self._refusal(words, status)
        response.headers.update(getattr(error, "headers", None) or {})
        return response


@lru_cache(maxsize=1)
def clinics_widget() -> Widget:
    """The widget of this installation's clinic."""
    return the_widget(the_clinic(), {f"days_{what}": days for what, days in the_limits().dict().items()})


def _served(request: Request, file: WebFile) -> HTTPResponse:
    """A file, compressed where the browser takes that, and not at all where it has it."""
    if request.headers.get("if-none-match") == file.headers["ETag"]:
        return HTTPResponse(status=HTTPStatus.NOT_MODIFIED, headers=file.headers)
    takes_gzip = "gzip" in request.headers.get("accept-encoding", "")
    coding = {"Content-Encoding": "gzip"} if takes_gzip else {}
    content = file.compressed if takes_gzip else file.content
    return raw(content, headers={**file.headers, **coding}, content_type=file.kind)


def _loader(request: Request) -> HTTPResponse:
    return _served(request, clinics_widget().loader)


def _page(request: Request) -> HTTPResponse:
    """The page of a clinic's site; the embed line that it shows names the address that it was asked at."""
    return _served(request, clinics_widget().page(f"{request.scheme}://{_host(request)}"))


_ROOT = {"/": _page, "/widget.js": _loader}


async def _widget_file(request: Request, digest: str, name: str) -> HTTPResponse:
    file = clinics_widget().files.get(name) if digest == clinics_widget().digest else None
    if file is None:
        raise NotFound("no such file")
    return _served(request, file)


async def _site_style(request: Request) -> HTTPResponse:
    return _served(request, clinics_widget().site_style)


async def _schema(request: Request) -> HTTPResponse:
    return json_response(_openapi(), dumps=json.dumps)


@lru_cache(maxsize=1)
def _openapi() -> Any:
    return yaml.safe_load(_SCHEMA_FILE.read_text(encoding="utf-8"))


def _host(request: Request) -> str:
    """The address that the browser has asked; what else a request says of it, anybody can say."""
    return str(request.headers.get("host", ""))


def _is_the_channels(request: Request) -> bool:
    return request.path.startswith(_CHANNEL)
