"""Passwords of the staff: kept as argon2 hashes, and checked as slowly for a name that does not exist."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

FEWEST_CHARACTERS = 12
"""The shortest password that is taken."""

_HASHER = PasswordHasher()


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether a password is the one that is kept.

    Args:
        password: As typed.
        kept: Its hash, or None where there is no such user: then it takes as long, and is wrong.

    Returns:
        Whether it is right.
    """
    try:
        _HASHER.verify(kept or nobodys(), password)
    except VerifyMismatchError:
        return False
    return kept is not None


@lru_cache(maxsize=1)
def nobodys() -> str:
    """The hash of a password that nobody knows, drawn once a process."""
    return hashed(secrets.token_urlsafe())


def mark_of(kept: str) -> str:
    """What a session remembers of a hash, to notice that the password has changed."""
    return hashlib.sha256(kept.encode()).hexdigest()[:32]
