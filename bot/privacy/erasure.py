"""Erases what is kept of a patient: at once what is ours, and the log of the conversation when its turn is over.

The log belongs to Rasa, which writes the turn of the wish, and what waits behind it, only when it is answered. So the
wish is written down, and the worker deletes the log: soon, and again when every turn has ended, until nothing is left.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.messenger.queue import erase_threads
from bot.storage import Database, the_keyring
from bot.storage.columns import now as this_moment
from bot.storage.conversations import ConversationLog
from bot.storage.models import AuditRow, BookingRequestRow, ErasureRow, TurnRow, UnclearMessageRow

_FIRST_PASS, _BETWEEN_PASSES = timedelta(seconds=5), timedelta(seconds=70)  # the web channel gives up a turn after 20 s
_OF_A_CONVERSATION = (BookingRequestRow, TurnRow, UnclearMessageRow)
_TURN = timedelta(seconds=2)  # after the wish its own turn is written to the log


class UnknownSenderError(LookupError):
    """Nothing is kept under this name. The message says what names there are."""


def erase_conversation(database: Database, conversation_id: str, actor: str) -> None:
    """Erases requests, notes, mails that wait, figures and messages of a conversation, and orders its log to go.

    All or nothing; done when this returns, but for the log, which the worker deletes within a minute or two.

    Args:
        database: Where they are.
        conversation_id: The conversation.
        actor: Who wishes it, for the audit: `patient`, or a member of the staff.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: It could not be written; nothing has changed.
    """
    with database.unit_of_work() as session:
        _erase_rows(session, the_keyring().pseudonyms(conversation_id), actor)
        session.add(ErasureRow(conversation_id=conversation_id))


def erase_sender(database: Database, log: ConversationLog, sender: str, actor: str) -> None:
    """Erases what is kept of a sender, on the wish of the staff.

    Args:
        database: Where requests and figures are.
        log: Where conversations are.
        sender: A conversation's id, or the reference of a request as the inbox shows it.
        actor: Who does it.

    Raises:
        UnknownSenderError: Nothing is kept under this name.
    """
    with database.unit_of_work() as session:
        found = select(BookingRequestRow.conversation).where(BookingRequestRow.reference == sender)
        by_reference = session.execute(found).scalar_one_or_none()
        is_known = by_reference is not None or _is_known(session, sender)
    conversations = [one for one in log.conversation_ids() if one == sender or _is_called(one, by_reference)]
    if not (is_known or conversations):
        raise UnknownSenderError(
            f"Nothing is kept of {sender!r}. Give a conversation's id, or a request's reference as the inbox shows it."
        )
    for conversation in conversations or ([] if by_reference else [sender]):
        erase_conversation(database, conversation, actor)
    if by_reference and not conversations:  # its log is gone already, and with it its id
        with database.unit_of_work() as session:
            _erase_rows(session, [by_reference], actor)


def _erase_rows(session: Session, pseudonyms: list[str], actor: str) -> None:
    """Deletes the rows of a conversation, and notes in the audit that somebody did."""
    for table in _OF_A_CONVERSATION:
        mine = delete(table).where(table.conversation.in_(pseudonyms))
        session.execute(mine.execution_options(synchronize_session=False))
    erase_threads(session, pseudonyms)
    session.add(AuditRow(actor=actor, action="erased a conversation"))


def _is_known(session: Session, conversation_id: str) -> bool:
    names = the_keyring().pseudonyms(conversation_id)
    return any(
        session.execute(select(table.id).where(table.conversation.in_(names)).limit(1)).first()
        for table in _OF_A_CONVERSATION
    )


def _is_called(conversation_id: str, pseudonym: str | None) -> bool:
    return pseudonym is not None and pseudonym in the_keyring().pseudonyms(conversation_id)


def finish_erasures(database: Database, log: ConversationLog, now: datetime | None = None) -> int:
    """Deletes the logs whose time has come.

    Args:
        database: Where the wishes are.
        log: Where conversations are.
        now: This moment.

    Returns:
        How many wishes are fulfilled.
    """
    now = now or this_moment()
    with database.unit_of_work() as session:
        waiting = session.execute(select(ErasureRow)).scalars().all()
        due = [(one.id, one.conversation_id, one.asked_at, one.passes) for one in waiting]
    done = 0
    for id_, conversation_id, asked_at, passes in due:
        if now < asked_at + _FIRST_PASS + passes * _BETWEEN_PASSES:
            continue
        deleted = log.delete_conversation(conversation_id, until=asked_at + _TURN)
        with database.unit_of_work() as session:  # turns that were noted before the wish may be written after it
            for table in (TurnRow, UnclearMessageRow):
                mine = (table.conversation.in_(the_keyring().pseudonyms(conversation_id)), table.at <= asked_at + _TURN)
                session.execute(delete(table).where(*mine).execution_options(synchronize_session=False))
        is_last = passes > 0 and not deleted  # else a turn may have written something again
        change = (
            delete(ErasureRow).where(ErasureRow.id == id_)
            if is_last
            else update(ErasureRow).where(ErasureRow.id == id_).values(passes=passes + 1)
        )
        with database.unit_of_work() as session:
            session.execute(change.execution_options(synchronize_session=False))
        done += is_last
    return done
