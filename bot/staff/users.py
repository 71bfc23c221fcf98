"""The people who may open the inbox: made, changed and shut out on the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.staff.audit import SYSTEM, record
from bot.staff.passwords import FEWEST_CHARACTERS, hashed, mark_of
from bot.staff.throttle import forgive_name
from bot.storage import Database
from bot.storage.models import StaffUserRow

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


class UserError(ValueError):
    """A user cannot be made or changed. The message says why and what to do."""


@dataclass(frozen=True)
class User:
    """Somebody who may open the inbox.

    Attributes:
        id: The row's number.
        name: What logs in, and what the audit says.
        password_hash: What is kept of the password.
    """

    id: int
    name: str
    password_hash: str

    @property
    def mark(self) -> str:
        """What a session remembers of the password's hash."""
        return mark_of(self.password_hash)


def tidy_name(typed: str) -> str:
    """A name without the spaces and capitals that people type now and then."""
    return typed.strip().casefold()


def set_password(database: Database, name: str, password: str) -> None:
    """Makes a user, or gives one a new password; either may log in at once, and sessions from before end.

    Args:
        database: Where the users are.
        name: What the user logs in with.
        password: In the clear.

    Raises:
        UserError: Name or password cannot be taken.
    """
    tidy = tidy_name(name)
    if not _NAME.fullmatch(tidy):
        raise UserError(f"{name!r} is no name: take up to 40 letters, digits, dots, dashes, such as kim or kim.lee.")
    if len(password) < FEWEST_CHARACTERS:
        raise UserError(f"The password is too short: take at least {FEWEST_CHARACTERS} characters.")
    with database.unit_of_work() as session:
        forgive_name(session, tidy)
        row = _row(session, tidy)
        if row is None:
            session.add(StaffUserRow(name=tidy, password_hash=hashed(password)))
            record(session, SYSTEM, "made a user", detail=tidy)
            return
        row.password_hash, row.is_active = hashed(password), True
        record(session, SYSTEM, "changed a user's password", detail=tidy)


def shut_out(database: Database, name: str) -> None:
    """Lets a user log in no more; open sessions end at their next click.

    Args:
        database: Where the users are.
        name: Who.

    Raises:
        UserError: Nobody is called so.
    """
    tidy = tidy_name(name)
    with database.unit_of_work() as session:
        row = _row(session, tidy)
        if row is None:
            raise UserError(f"There is no user {tidy!r}; nothing was changed.")
        row.is_active = False
        record(session, SYSTEM, "shut a user out", detail=tidy)


def active_user(session: Session, name: str) -> User | None:
    """The user of this name who may log in."""
    return _known(_row(session, name))


def user_of(session: Session, user_id: int) -> User | None:
    """The user of this number who may log in."""
    return _known(session.get(StaffUserRow, user_id))


def anybody(database: Database) -> bool:
    """Whether somebody may log in."""
    with database.unit_of_work() as session:
        return session.execute(select(StaffUserRow.id).where(StaffUserRow.is_active).limit(1)).first() is not None


def _row(session: Session, name: str) -> StaffUserRow | None:
    found: StaffUserRow | None = session.execute(
        select(StaffUserRow).where(StaffUserRow.name == name)
    ).scalar_one_or_none()
    return found


def _known(row: StaffUserRow | None) -> User | None:
    return User(row.id, row.name, row.password_hash) if row and row.is_active else None
