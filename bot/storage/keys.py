"""The keys that personal data are encrypted with at rest, and the pseudonyms of conversations.

`DATA_KEYS` holds one or several keys of `cryptography`'s Fernet, with commas between: the first encrypts, all decrypt.
Without it a key is drawn once and kept in var/data_key, beside the database: good for trying out, no protection
against somebody who copies the whole folder. docs/privacy.md says how keys are rotated.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.storage.kept_secret import kept_secret

KEY_FILE = Path("var/data_key")
"""Where the key is kept that was drawn for want of DATA_KEYS."""


class DataKeyError(RuntimeError):
    """A key is no key, or does not open what is stored. The message says what to do."""


class Keyring:
    """Encrypts and decrypts texts, and gives pseudonyms.

    Args:
        keys: Fernet keys (32 bytes in URL-safe base64), the one that encrypts first.

    Raises:
        DataKeyError: One is no such key, or there is none.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise DataKeyError(
                "DATA_KEYS must hold Fernet keys with commas between. `python -m bot.storage new-key` prints a new one."
            ) from error
        self._keys = [key.encode() for key in keys]

    def encrypt(self, text: str) -> str:
        """The text, encrypted with the first key."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """The text of a token.

        Raises:
            DataKeyError: No key opens it.
        """
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise DataKeyError(
                "No key of DATA_KEYS opens what is stored. Put the key that was in use before behind the new one "
                f"(or restore {KEY_FILE}, where none was set)."
            ) from error

    def pseudonym(self, name: str) -> str:
        """What a conversation or a session is called in the tables: an HMAC-SHA256 by the first key, as hex."""
        return self.pseudonyms(name)[0]

    def pseudonyms(self, name: str) -> list[str]:
        """Its pseudonyms by every key, the one in use first: rows written before a rotation are found as well."""
        return [hmac.new(key, b"pseudonym\0" + name.encode(), hashlib.sha256).hexdigest() for key in self._keys]


@lru_cache(maxsize=1)
def the_keyring() -> Keyring:
    """The keys of this process, read once."""
    named = [key.strip() for key in os.environ.get("DATA_KEYS", "").split(",") if key.strip()]
    return Keyring(named or [kept_secret(KEY_FILE, new_key)])


def new_key() -> str:
    """A new key."""
    return Fernet.generate_key().decode()
