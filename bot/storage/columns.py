"""Column types of our own: text that is encrypted at rest, and moments in UTC."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.types import TypeDecorator

from bot.storage.keys import the_keyring


class EncryptedText(TypeDecorator):  # type: ignore[type-arg]  # generic in the stubs alone
    """A text that the database sees encrypted. It cannot be compared or sorted by the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """Encrypts on the way in."""
        return None if value is None else the_keyring().encrypt(value)

    def process_result_value(self, value: Any, dialect: Any) -> str | None:
        """Decrypts on the way out."""
        return None if value is None else the_keyring().decrypt(value)


class EventText(EncryptedText):
    """The content of a conversation's event. What an earlier version has written in the clear is read as it is."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Any) -> str | None:
        """Decrypts on the way out."""
        is_clear = value is not None and value.startswith("{")
        return value if is_clear else super().process_result_value(value, dialect)


class Moment(TypeDecorator):  # type: ignore[type-arg]
    """A moment: aware in Python, UTC in the database. SQLite keeps no zones by itself."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> datetime | None:
        """Turns any zone into UTC."""
        return None if value is None else value.astimezone(timezone.utc)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        """Gives the zone back."""
        if value is None:
            return None
        moment: datetime = value
        return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def now() -> datetime:
    """This moment."""
    return datetime.now(timezone.utc)
