"""Reads the widget's files, fills in what they need to know, and makes the digests that browsers hold them against."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from bot.clinic import Clinic

CHANNEL = "webhooks/web/"
"""Where the widget finds the web channel, below its own address."""

_FOLDER = Path(__file__).parent
_PLACE_OF_SETTINGS = '"__SETTINGS__"'
_KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Encoding",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
# Any website may embed the widget; which ones it may talk from is the channel's to say.
_EMBEDDABLE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
_ASKED_ANEW = {"Cache-Control": "no-cache"}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


class WebFile(NamedTuple):
    """A file as it is served.

    Attributes:
        content: Its bytes.
        compressed: The same by gzip.
        kind: Its content type.
        headers: What it is served with, its ETag among them.
    """

    content: bytes
    compressed: bytes
    kind: str
    headers: Mapping[str, str]

    @property
    def integrity(self) -> str:
        """Its digest, as Subresource Integrity writes it."""
        return "sha256-" + base64.b64encode(hashlib.sha256(self.content).digest()).decode()


class Widget(NamedTuple):
    """Everything that is served for the widget.

    Attributes:
        loader: `/widget.js`, which a site's one line of HTML names.
        digest: What the addresses of the other files change with.
        files: The modules and the style sheet, by name.
        words: What it says, by name; what only the browser knows stays in braces.
        site_style: The style sheet of the demo page.
        clinic: Whose widget it is.
    """

    loader: WebFile
    digest: str
    files: Mapping[str, WebFile]
    words: Mapping[str, str]
    site_style: WebFile
    clinic: Clinic

    def page(self, address: str) -> WebFile:
        """The demo page.

        Args:
            address: Where the widget is served, such as `https://chat.example.com`; shown in the embed line.
        """
        line = (
            f'<script src="{address}/widget.js" integrity="{self.loader.integrity}"\n'
            f'        crossorigin="anonymous" data-clinic="{html.escape(self.clinic.name)}" defer></script>'
        )
        known = {
            "clinic_name": self.clinic.name,
            "clinic_address": self.clinic.address,
            "clinic_phone": self.clinic.phone,
            "clinic_tel": self.clinic.phone_link,
            "clinic_website": str(self.clinic.website),
            "embed_line": line,
            "integrity": self.loader.integrity,
        }
        content = _read("site.html").decode()
        for name, value in known.items():
            content = content.replace(f"{{{name}}}", html.escape(value))
        return _file(
            "site.html", content.encode("utf-8", "replace"), {**_ASKED_ANEW, "Content-Security-Policy": _PAGE_POLICY}
        )


def the_widget(clinic: Clinic, known: Mapping[str, object]) -> Widget:
    """Makes the widget of a clinic.

    Args:
        clinic: Whose widget it is.
        known: Further values that its words may name, such as `days_conversations`.

    Returns:
        What is to be served.

    Raises:
        ValueError: A file is missing or is not what it should be.
    """
    files = {
        path.name: _file(path.name, path.read_bytes(), {**_EMBEDDABLE, **_KEPT})
        for path in sorted((_FOLDER / "widget").iterdir())
        if path.suffix in _KINDS
    }
    integrity = {name: one.integrity for name, one in files.items()}
    digest = hashlib.sha256(json.dumps(integrity).encode()).hexdigest()[:16]
    words = _words({"clinic": clinic.name, "phone": clinic.phone, **known})
    settings = {
        "clinic": clinic.name,
        "tel": clinic.phone_link,
        "channel": CHANNEL,
        "folder": f"{CHANNEL}widget/{digest}/",
        "files": integrity,
        "words": words,
    }
    source = _read("widget.js").decode()
    if source.count(_PLACE_OF_SETTINGS) != 1:
        raise ValueError(f"bot/web/widget.js must hold {_PLACE_OF_SETTINGS} once, where its settings go.")
    content = source.replace(_PLACE_OF_SETTINGS, json.dumps(settings, ensure_ascii=False, separators=(",", ":")))
    loader = _file("widget.js", content.encode(), {**_EMBEDDABLE, **_ASKED_ANEW})
    return Widget(loader, digest, files, words, _file("site.css", _read("site.css"), _ASKED_ANEW), clinic)


def _words(known: Mapping[str, object]) -> dict[str, str]:
    """The widget's words, with what is known here filled in."""
    words: dict[str, str] = yaml.safe_load(_read("words.yml"))
    for name, value in known.items():
        words = {key: text.replace(f"{{{name}}}", str(value)) for key, text in words.items()}
    return words


def _file(name: str, content: bytes, headers: Mapping[str, str]) -> WebFile:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    compressed = gzip.compress(content, mtime=0)
    kind = f"{_KINDS[Path(name).suffix]}; charset=utf-8"
    return WebFile(content, compressed, kind, {**_COMMON, **headers, "ETag": etag})


def _read(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
