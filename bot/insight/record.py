"""Writes down what happened in a turn, under the conversation's pseudonym and without the patient's words.

The one text that is kept is that of a message which was not understood, redacted, where nothing else was going on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from bot.insight.redaction import PLACEHOLDER, redacted
from bot.insight.turns import happened, may_be_kept, was_erased
from bot.insight.vocabulary import WORD
from bot.storage import Database, the_keyring
from bot.storage.models import TurnRow, UnclearMessageRow


def record_turn(
    database: Database, conversation_id: str, response_names: Sequence[str], typed_text: str | None, at: datetime
) -> None:
    """Writes down a turn; where the patient's data were erased in it, removes what was written of the conversation.

    An erasure elsewhere may have come before earlier turns of the conversation were written, so it is completed here.

    Args:
        database: Where to.
        conversation_id: The conversation that it belongs to.
        response_names: The names of the assistant's responses (bot.insight.outcomes.response_names).
        typed_text: What the patient typed; None where a button was pressed, or nothing was said yet.
        at: When.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: It could not be written; nothing has changed.
    """
    if was_erased(response_names):
        _forget(database, conversation_id)
        return
    conversation = the_keyring().pseudonym(conversation_id)
    happenings = happened(response_names, typed=typed_text is not None)
    text = _kept(response_names, typed_text)
    with database.unit_of_work() as session:
        session.add_all(TurnRow(conversation=conversation, at=at, kind=kind, name=name) for kind, name in happenings)
        if text:
            session.add(UnclearMessageRow(conversation=conversation, at=at, text=text))


def _kept(response_names: Sequence[str], typed_text: str | None) -> str | None:
    """What is kept of a message that was not understood; None where that is none, or nothing is left to learn from."""
    if typed_text is None or not may_be_kept(response_names):
        return None
    text = redacted(typed_text)
    return text if WORD.search(PLACEHOLDER.sub("", text)) else None


def _forget(database: Database, conversation_id: str) -> None:
    pseudonyms = the_keyring().pseudonyms(conversation_id)
    with database.unit_of_work() as session:
        for table in (TurnRow, UnclearMessageRow):
            session.execute(delete(table).where(table.conversation.in_(pseudonyms)))
