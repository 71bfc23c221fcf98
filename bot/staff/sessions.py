"""Who is logged in: what the signed cookie holds, and when it counts no more."""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from typing import Any

from starlette.requests import Request

from bot.staff.users import User, user_of
from bot.storage import Database

LONGEST = 8 * 60 * 60
"""Seconds after which everybody logs in anew."""

LONGEST_IDLE = 30 * 60
"""Seconds without a click after which a session ends."""

_FRESH = 60  # seconds for which a click is not written into the cookie anew


def begin(session: MutableMapping[str, Any], user: User) -> None:
    """Begins a session; nothing of one from before the login is kept."""
    session.clear()
    session.update(user=user.id, mark=user.mark, began=time.time(), seen=time.time())


def who(session: MutableMapping[str, Any], database: Database) -> str | None:
    """The name of the one who is logged in.

    A session ends with its time, and as soon as its user is shut out or gets another password.

    Args:
        session: What the cookie holds; when it was seen is put down in it.
        database: Where the users are.

    Returns:
        The name, or None where nobody is logged in.
    """
    at = time.time()
    if not session or at - session["began"] > LONGEST or at - session["seen"] > LONGEST_IDLE:
        return None
    with database.unit_of_work() as unit:
        user = user_of(unit, session["user"])
    if user is None or user.mark != session["mark"]:
        return None
    if at - session["seen"] > _FRESH:
        session["seen"] = at
    return user.name


def staff_name(request: Request) -> str:
    """The name of the one who sent a request that the gate has let through."""
    return str(request.scope["staff"])
