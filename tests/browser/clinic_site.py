"""A clinic's own website on an address of its own, with a strict policy and the one line that embeds the widget."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A clinic</title>
<link rel="icon" href="data:,">
{line}
</head>
<body><main><h1>A clinic</h1><p><a href="#more">More</a></p></main></body>
</html>"""


class ClinicSite:
    """What the website serves; a test may change it."""

    def __init__(self) -> None:
        self.line = ""
        self.policy = ""
        self.address = ""


@contextmanager
def clinic_site() -> Iterator[ClinicSite]:
    """Serves a clinic's website while the block runs."""
    served = ClinicSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # http.server's name
            content = PAGE.format(line=served.line).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if served.policy:
                self.send_header("Content-Security-Policy", served.policy)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
