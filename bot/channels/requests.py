"""The bodies of the web channel's requests (openapi.yml): JSON objects of a fixed shape, and nothing else."""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar

from pydantic import BaseModel, ConstrainedStr, Extra, StrictBool, StrictStr, ValidationError
from sanic.exceptions import InvalidUsage
from sanic.request import Request

MOST_BYTES = 64 * 1024
"""The largest body that is read."""


class CheckedRequest(Request):
    """A request whose length is a number: by a negative one Sanic 21.12 loops for ever, and stops everybody's chat."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        length = self.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            raise InvalidUsage("Content-Length is no number")


class Key(ConstrainedStr):
    """What a message is known by when it is sent again."""

    strict = True
    regex = r"^[A-Za-z0-9_-]{8,64}\Z"


class SessionBody(BaseModel, extra=Extra.forbid):
    """A wish for a session, with the patient's consent to the notice."""

    consent: StrictBool


class TextBody(BaseModel, extra=Extra.forbid):
    """A message that was typed."""

    key: Key
    text: StrictStr


class ButtonBody(BaseModel, extra=Extra.forbid):
    """A button that was pressed, by its id."""

    key: Key
    button: StrictStr


def identity(body: TextBody | ButtonBody) -> str:
    """What a message is known by when it is sent again: another text under a key that was used is another message."""
    content = body.text if isinstance(body, TextBody) else body.button
    return f"{body.key} {hashlib.sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


Body = TypeVar("Body", bound=BaseModel)


def bearer_token(request: Request) -> str | None:
    """The token that a request bears; what is called otherwise is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def read_session(request: Request) -> SessionBody | None:
    """The body of a wish for a session; None where it has another shape."""
    return _read(request, SessionBody)


def read_message(request: Request) -> TextBody | ButtonBody | None:
    """The body of a message; None where it has another shape."""
    return _read(request, TextBody) or _read(request, ButtonBody)


def _read(request: Request, model: type[Body]) -> Body | None:
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        return None
    try:
        content = request.load_json()
    except Exception:  # sanic wraps whatever its JSON library raises
        return None
    try:
        return model.parse_obj(content) if isinstance(content, dict) else None
    except (TypeError, ValidationError):  # a TypeError: a key that pydantic keeps for itself
        return None
