"""A turn as server-sent events: each message as it is made, a sign of life in between, and the end."""

from __future__ import annotations

import json
from collections.abc import Callable

from sanic.request import Request

from bot.channels.turns import Message, Turn

_HEADERS = {"X-Accel-Buffering": "no"}  # a proxy in front passes each message on at once
_SIGN_OF_LIFE = ": wait\n\n"


async def stream(request: Request, turn: Turn, show: Callable[[Message], Message], token: str | None) -> None:
    """Answers a request with a turn.

    Args:
        request: The request.
        turn: The turn, which goes on by itself if the reader leaves.
        show: Makes of a message what the page gets.
        token: The session's new token, if there is one.
    """
    response = await request.respond(content_type="text/event-stream; charset=utf-8", headers=_HEADERS)
    async for message in turn.follow():
        await response.send(_event("message", show(message)) if message else _SIGN_OF_LIFE)
    await response.send(_event("done", {"token": token}))
    await response.eof()


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
