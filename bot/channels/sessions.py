"""Sessions of the web channel: tokens that the server signs, and buttons that only their own conversation takes."""

from __future__ import annotations

import secrets
import time
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

IDLE_SECONDS = 2 * 60 * 60
"""How long a session waits for its patient."""
LONGEST_SECONDS = 24 * 60 * 60
"""How long a session can be kept alive."""
_RENEWED_AFTER_SECONDS = 10 * 60


class Session(NamedTuple):
    """A patient's session.

    Attributes:
        conversation: The conversation's id, drawn by the server.
        born: When it was opened, in seconds of the epoch.
    """

    conversation: str
    born: int


class Sessions:
    """Issues, reads and renews the tokens of sessions; signs the buttons that are offered in them.

    Args:
        secret: What everything is signed with.
    """

    def __init__(self, secret: str) -> None:
        self._tokens = URLSafeTimedSerializer(secret, salt="session")
        self._buttons = URLSafeSerializer(secret, salt="button")

    def open(self) -> Session:
        """Opens a session of a new conversation, whose id nobody can guess."""
        return Session(secrets.token_urlsafe(24), int(time.time()))

    def token(self, session: Session) -> str:
        """A token of this moment, good for `IDLE_SECONDS`."""
        return str(self._tokens.dumps(list(session)))

    def read(self, token: str | None) -> Session | None:
        """The session of a token that was signed here; None where it was not, or where its time is over."""
        try:
            conversation, born = self._tokens.loads(token or "", max_age=IDLE_SECONDS)
        except (BadSignature, ValueError, TypeError):  # ValueError: bytes that are no text; TypeError: no pair
            return None
        session = Session(conversation, born)
        return session if time.time() < session.born + LONGEST_SECONDS else None

    def renewed(self, session: Session, token: str | None) -> str | None:
        """A new token for a session whose token is no longer young; None where it is."""
        try:
            self._tokens.loads(token or "", max_age=_RENEWED_AFTER_SECONDS)
        except BadSignature:
            return self.token(session)
        return None

    def button(self, session: Session, payload: str) -> str:
        """What a button that is offered in a session is known by."""
        return str(self._buttons.dumps([session.conversation, payload]))

    def payload(self, session: Session, button: object) -> str | None:
        """The payload of a button, if it was offered in this session."""
        try:
            conversation, payload = self._buttons.loads(str(button))
        except (BadSignature, ValueError, TypeError):
            return None
        return str(payload) if conversation == session.conversation else None
