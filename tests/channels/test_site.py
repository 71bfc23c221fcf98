"""What is served around the conversations: the widget's files, the demo page, headers, and refusals in words."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import socket
import urllib.error
import urllib.request
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.channels.browser import Browser, new_key

OWN = "/webhooks/web"


def ask(address: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and body of a reply."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address, body, named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def settings_of(site: str) -> dict[str, Any]:
    """What the loader knows."""
    _, _, loader = ask(f"{site}/widget.js")
    start = loader.decode().index('{"clinic"')
    settings: dict[str, Any] = json.JSONDecoder().raw_decode(loader.decode()[start:])[0]
    return settings


def digest(content: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()


def test_every_file_of_the_widget_is_what_its_digest_in_the_loader_says_and_may_be_embedded(site: str) -> None:
    settings = settings_of(site)
    assert {"main.js", "widget.css"} <= {*settings["files"]}
    for name, integrity in settings["files"].items():
        status, headers, content = ask(f"{site}/{settings['folder']}{name}")
        assert (status, digest(content)) == (200, integrity)
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "immutable" in headers["Cache-Control"]


def test_the_loader_is_asked_for_anew_but_sent_only_where_it_has_changed(site: str) -> None:
    _, headers, _ = ask(f"{site}/widget.js")
    assert headers["Cache-Control"] == "no-cache"
    status, _, content = ask(f"{site}/widget.js", If_None_Match=headers["ETag"])
    assert (status, content) == (304, b"")


def test_the_page_shows_the_line_that_embeds_the_widget_with_its_digest(site: str) -> None:
    _, _, page = ask(site)
    _, _, loader = ask(f"{site}/widget.js")
    assert page.decode().count(digest(loader)) == 2
    assert f"{site}/widget.js" in page.decode()


def test_the_page_names_the_clinic_and_leaves_no_place_unfilled(site: str) -> None:
    _, _, page = ask(site)
    assert "Springfield Chiropractic Center" in page.decode()
    assert not re.findall(r"\{[a-z_]+\}", page.decode())


def test_the_words_know_clinic_phone_and_how_long_things_are_kept(site: str) -> None:
    words = settings_of(site)["words"]
    left = {place for text in words.values() for place in re.findall(r"\{(\w+)\}", text)}
    assert left <= {"count", "number", "of"}
    assert "(973) 564-7676" in " ".join(words.values())
    assert "30 days" in " ".join(words.values())


def test_the_widget_is_at_most_15_kilobytes_as_it_travels(site: str) -> None:
    settings = settings_of(site)
    addresses = ["/widget.js", *(f"/{settings['folder']}{name}" for name in settings["files"])]
    sizes = {}
    for address in addresses:
        _, headers, content = ask(site + address, Accept_Encoding="gzip")
        assert headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in headers["Vary"]
        assert gzip.decompress(content) == ask(site + address)[2]
        sizes[address] = len(content)
    assert sum(sizes.values()) <= 15 * 1024, sizes


@pytest.mark.parametrize("path", ["/", "/widget.js", f"{OWN}/site.css", f"{OWN}/health", f"{OWN}/openapi.json"])
def test_everything_comes_with_a_strict_policy(site: str, path: str) -> None:
    _, headers, _ = ask(site + path)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_replies_are_kept_by_nobody_on_the_way(site: str) -> None:
    _, headers, _ = ask(f"{site}{OWN}/history", Authorization=f"Bearer {Browser(site).token}")
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name", ["..%2f..%2fconfig.yml", "index.html", "__init__.py", "words.yml", "widget/0123456789abcdef/main.js"]
)
def test_no_other_file_is_served(site: str, name: str) -> None:
    status, _, body = ask(f"{site}{OWN}/{name}")
    assert status == 404
    assert "(973) 564-7676" in json.loads(body)["messages"][0]["text"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused_in_words(site: str, method: str) -> None:
    status, headers, body = ask(f"{site}{OWN}/messages", method)
    assert status == 405
    assert headers["Allow"] == "POST"
    assert "(973) 564-7676" in json.loads(body)["messages"][0]["text"]


def test_a_body_beyond_all_measure_is_refused_in_words(site: str) -> None:
    status, _, body = ask(f"{site}{OWN}/messages", "POST", b" " * 70_000, Content_Type="application/json")
    assert status == 413
    assert "(973) 564-7676" in json.loads(body)["messages"][0]["text"]


@pytest.mark.parametrize("length", ["-5", "abc", "\xff", "\u0663".encode().decode("latin-1"), "1e3", ""])
def test_a_length_that_is_none_is_refused_and_stops_nobody(site: str, length: str) -> None:
    address = urlsplit(site)
    head = [f"POST {OWN}/sessions HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {length}"]
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall("\r\n".join([*head, "", "{}"]).encode("latin-1"))
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
    assert ask(f"{site}{OWN}/health")[0] == 200


@pytest.mark.parametrize("origin", ["http://[", "http://\xe2"])
def test_an_origin_that_is_none_is_refused_in_words(site: str, origin: str) -> None:
    status, _, body = ask(f"{site}{OWN}/health", Origin=origin)
    assert status == 403
    assert "(973) 564-7676" in json.loads(body)["messages"][0]["text"]


def test_what_a_visitor_says_of_the_address_does_not_get_into_the_page(site: str) -> None:
    _, _, page = ask(site, X_Forwarded_Host="evil.example", Forwarded="host=evil.example")
    assert "evil" not in page.decode()
    assert ask(site, Host='"><script>alert(1)</script>\xff')[2].decode().count("<script>alert") == 0


def test_a_page_of_another_website_may_neither_ask_nor_read(site: str) -> None:
    browser = Browser(site)
    message = json.dumps({"key": new_key(), "text": "hi"}).encode()
    bearer = {"Authorization": f"Bearer {browser.token}", "Content_Type": "application/json"}
    status, headers, body = ask(f"{site}{OWN}/messages", "POST", message, Origin="https://evil.example", **bearer)
    assert status == 403
    assert "Access-Control-Allow-Origin" not in headers
    assert "(973) 564-7676" in json.loads(body)["messages"][0]["text"]
    assert not [one for one in browser.reload()["messages"] if one["by"] == "patient"]


def test_a_page_of_an_allowed_website_may_ask_and_read(site: str) -> None:
    wish = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization,content-type"}
    status, headers, _ = ask(f"{site}{OWN}/messages", "OPTIONS", Origin=site, **wish)
    assert status < 300
    assert headers["Access-Control-Allow-Origin"] == site
    assert "Authorization" in headers["Access-Control-Allow-Headers"]
    _, headers, _ = ask(f"{site}{OWN}/messages", "POST", b"{}", Origin=site)
    assert headers["Access-Control-Allow-Origin"] == site
    assert "Origin" in headers["Vary"]
