"""The tables, as SQLAlchemy models. Each change here needs a migration beside it.

Moments are UTC. A conversation is named by its pseudonym alone (keys.py): the tables don't hold its id.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import declarative_base, relationship

from bot.storage.columns import EncryptedText, Moment, now

Base = declarative_base()


class Status(str, Enum):
    """Where the front desk stands with a request."""

    NEW = "new"
    CONTACTED = "contacted"
    BOOKED = "booked"
    CLOSED = "closed"


class BookingRequestRow(Base):
    """A request for a visit, as the patient confirmed it. One a session: a second one changes the first."""

    __tablename__ = "booking_request"

    id: int = Column(Integer, primary_key=True)
    reference: str = Column(String(32), nullable=False, unique=True)  # names it in mails and the audit
    conversation: str = Column(String(64), nullable=False, index=True)
    session: str = Column(String(64), nullable=False, unique=True)
    patient_name: str = Column(EncryptedText, nullable=False)
    contact: str = Column(EncryptedText, nullable=False)
    preferred_time: str = Column(EncryptedText, nullable=False)  # in the patient's words
    # what was understood of them (bot.handoff.times.Window), local to the clinic
    window: dict[str, Any] | None = Column(JSON, nullable=True)
    reason: str | None = Column(EncryptedText, nullable=True)
    answers: str | None = Column(EncryptedText, nullable=True)  # to triage, in words; only where the patient agreed
    status: str = Column(String(16), nullable=False, default=Status.NEW.value, index=True)
    version: int = Column(Integer, nullable=False, default=1)  # counts what the patient confirmed
    created_at: datetime = Column(Moment, nullable=False, default=now, index=True)
    changed_at: datetime = Column(Moment, nullable=False, default=now)

    notes: list[NoteRow] = relationship(
        "NoteRow", cascade="all, delete-orphan", order_by="NoteRow.id", back_populates="request"
    )
    notifications: list[NotificationRow] = relationship(
        "NotificationRow", cascade="all, delete-orphan", back_populates="request"
    )


class NoteRow(Base):
    """A note of the front desk on a request."""

    __tablename__ = "note"

    id: int = Column(Integer, primary_key=True)
    request_id: int = Column(ForeignKey("booking_request.id", ondelete="CASCADE"), nullable=False, index=True)
    author: str = Column(String(80), nullable=False)
    text: str = Column(EncryptedText, nullable=False)
    created_at: datetime = Column(Moment, nullable=False, default=now)

    request: BookingRequestRow = relationship("BookingRequestRow", back_populates="notes")


class NotificationRow(Base):
    """The outbox: a mail to the front desk that is due, one for each version of a request."""

    __tablename__ = "notification"
    __table_args__ = (UniqueConstraint("request_id", "version"),)

    id: int = Column(Integer, primary_key=True)
    request_id: int = Column(ForeignKey("booking_request.id", ondelete="CASCADE"), nullable=False)
    version: int = Column(Integer, nullable=False)
    attempts: int = Column(Integer, nullable=False, default=0)  # those begun; each has a retry key of its own
    due_at: datetime = Column(Moment, nullable=False, default=now, index=True)
    leased_until: datetime | None = Column(Moment, nullable=True)  # a worker is at it until then
    sent_at: datetime | None = Column(Moment, nullable=True)
    failure = Column(String(80), nullable=True)  # the last one: a kind and a code, never a text

    request: BookingRequestRow = relationship("BookingRequestRow", back_populates="notifications")


class AuditRow(Base):
    """Who saw and changed what. No personal data of patients: requests by their reference."""

    __tablename__ = "audit"

    id: int = Column(Integer, primary_key=True)
    at: datetime = Column(Moment, nullable=False, default=now, index=True)
    actor: str = Column(String(80), nullable=False)  # a staff member's name, `patient` or `system`
    action: str = Column(String(40), nullable=False)
    subject = Column(String(64), nullable=True)
    detail = Column(String(200), nullable=True)


class StaffUserRow(Base):
    """Somebody who may open the inbox."""

    __tablename__ = "staff_user"

    id: int = Column(Integer, primary_key=True)
    name: str = Column(String(80), nullable=False, unique=True)
    password_hash: str = Column(String(200), nullable=False)
    is_active: bool = Column(Boolean, nullable=False, default=True)
    created_at: datetime = Column(Moment, nullable=False, default=now)


class LoginFailureRow(Base):
    """A login that failed, for throttling: by the typed name's pseudonym (it may be a password) and by address."""

    __tablename__ = "login_failure"

    id: int = Column(Integer, primary_key=True)
    at: datetime = Column(Moment, nullable=False, default=now, index=True)
    name: str = Column(String(64), nullable=False)
    address: str = Column(String(64), nullable=False)


class TurnRow(Base):
    """What happened in a turn, for *What patients ask*: a kind (`topic`, `alarm` ...) and a name, no words."""

    __tablename__ = "turn"

    id: int = Column(Integer, primary_key=True)
    conversation: str = Column(String(64), nullable=False, index=True)
    at: datetime = Column(Moment, nullable=False, default=now, index=True)
    kind: str = Column(String(20), nullable=False)
    name: str = Column(String(60), nullable=False)


class UnclearMessageRow(Base):
    """A message that was not understood, after redaction."""

    __tablename__ = "unclear_message"

    id: int = Column(Integer, primary_key=True)
    conversation: str = Column(String(64), nullable=False, index=True)
    at: datetime = Column(Moment, nullable=False, default=now, index=True)
    text: str = Column(String(500), nullable=False)


class ErasureRow(Base):
    """A conversation whose log is still to be erased; gone when it is."""

    __tablename__ = "erasure"

    id: int = Column(Integer, primary_key=True)
    conversation_id: str = Column(EncryptedText, nullable=False)
    asked_at: datetime = Column(Moment, nullable=False, default=now)
    passes: int = Column(Integer, nullable=False, default=0)


class MessengerInboxRow(Base):
    """Bodies of Messenger's webhook, for the moment until a worker has put them into the queue.

    With SQLite the table is in a file of its own (bot/messenger/inbox.py).
    """

    __tablename__ = "messenger_inbox"
    __table_args__ = {"sqlite_autoincrement": True}  # a worker that knows a row must not take a later one for it

    id: int = Column(Integer, primary_key=True)
    received_at: datetime = Column(Moment, nullable=False, default=now)
    bodies: str = Column(EncryptedText, nullable=False)  # as a JSON list


class MessengerThreadRow(Base):
    """Somebody who writes on Messenger. A worker holds it by a lease while it answers (bot/messenger/queue.py)."""

    __tablename__ = "messenger_thread"

    id: int = Column(Integer, primary_key=True)
    sender: str = Column(String(64), nullable=False, unique=True)  # the pseudonym of page and person
    person: str = Column(EncryptedText, nullable=False)  # the page-scoped id, which answers are sent to
    conversation: str = Column(String(64), nullable=False, index=True)
    conversation_id: str = Column(EncryptedText, nullable=False)
    offered = Column(EncryptedText, nullable=True)  # the choices of the last answer, as JSON
    noticed_at: datetime | None = Column(Moment, nullable=True)  # when the notice on privacy was sent
    people_until: datetime | None = Column(Moment, nullable=True, index=True)  # people have the chat until then
    due_at: datetime = Column(Moment, nullable=False, default=now)
    used_at: datetime = Column(Moment, nullable=False, default=now, index=True)
    leased_until: datetime | None = Column(Moment, nullable=True)
    lease = Column(String(32), nullable=True)


class MessengerEventRow(Base):
    """Something that Meta told of a thread. What it says is kept until it is answered, that it came for a week."""

    __tablename__ = "messenger_event"

    id: int = Column(Integer, primary_key=True)
    identity: str = Column(String(64), nullable=False, unique=True)  # Meta may tell the same thing several times
    thread_id: int | None = Column(ForeignKey("messenger_thread.id", ondelete="SET NULL"), nullable=True, index=True)
    written_at: int = Column(BigInteger, nullable=False)  # by Meta's clock, in milliseconds
    received_at: datetime = Column(Moment, nullable=False, default=now, index=True)
    content: str | None = Column(EncryptedText, nullable=True)  # what it says, as JSON
    steps: str | None = Column(EncryptedText, nullable=True)  # the calls to Meta that answer it, as JSON
    steps_done: int = Column(Integer, nullable=False, default=0)
    attempts: int = Column(Integer, nullable=False, default=0)  # that Meta did not take
    is_open: bool = Column(Boolean, nullable=False, default=True, index=True)
    failure = Column(String(80), nullable=True)  # a kind and codes, never a text
