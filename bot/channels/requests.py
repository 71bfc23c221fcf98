"""The bodies of the web channel's requests (openapi.yml): JSON objects of a fixed shape, and nothing else."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConstrainedStr, Extra, StrictBool, StrictStr, ValidationError
from sanic.request import Request

MOST_BYTES = 64 * 1024
"""The largest body that is read."""


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


Body = TypeVar("Body", bound=BaseModel)


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
        return model(**content) if isinstance(content, dict) else None
    except ValidationError:
        return None
