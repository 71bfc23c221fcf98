"""Whether a webhook comes from Meta, and the proof that a call of ours knows the app's secret."""

from __future__ import annotations

import hmac
import re

_HEADER = re.compile(r"sha256=([0-9a-f]{64})")


def is_signed(body: bytes, header: str | None, app_secret: str) -> bool:
    """Whether a body carries the signature that Meta would give it; takes as long for a wrong one as for a right one.

    Args:
        body: The body as it came, byte for byte.
        header: The header `X-Hub-Signature-256`, whatever it holds.
        app_secret: What Meta signs with.
    """
    told = _HEADER.fullmatch(header or "")
    return told is not None and hmac.compare_digest(_seal(app_secret, body), told.group(1))


def proof(page_token: str, app_secret: str) -> str:
    """The `appsecret_proof` of calls made with a page's token."""
    return _seal(app_secret, page_token.encode())


def _seal(secret: str, content: bytes) -> str:
    return hmac.new(secret.encode(), content, "sha256").hexdigest()
