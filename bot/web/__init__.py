"""The chat page's files, and the headers that they are served with."""

from __future__ import annotations

import html
from pathlib import Path

from sanic import response
from sanic.exceptions import NotFound
from sanic.response import HTTPResponse

_FOLDER = Path(__file__).parent

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}

_FILES = {"widget.js": "text/javascript", "widget.css": "text/css", "page.css": "text/css"}


def page(clinic_name: str) -> HTTPResponse:
    """The chat page, under the clinic's name."""
    source = (_FOLDER / "index.html").read_text(encoding="utf-8")
    return response.html(source.replace("{clinic_name}", html.escape(clinic_name)), headers=PAGE_HEADERS)


async def page_file(name: str) -> HTTPResponse:
    """One of the page's own files.

    Args:
        name: The file's name.

    Returns:
        The file, with the page's headers.

    Raises:
        NotFound: The page has no such file.
    """
    if name not in _FILES:
        raise NotFound(f"no file {name}")
    return await response.file(_FOLDER / name, mime_type=_FILES[name], headers=PAGE_HEADERS)
