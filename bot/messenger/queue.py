"""The queue of Messenger: what is still to be answered, in order for each patient, each event once.

Every function works in the transaction of the session that it is given. A worker holds a thread, and with it all that
its patient wrote, by a lease that it renews; where a worker is killed, the lease runs out and another goes on.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, cast

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql import Executable

from bot.messenger.events import Content, Incoming, content_of
from bot.storage import the_keyring
from bot.storage.columns import now as this_moment
from bot.storage.models import MessengerEventRow, MessengerThreadRow

LEASE = timedelta(seconds=10)
"""How long a worker that has died keeps others from its threads."""

ERASED = datetime.fromtimestamp(0, timezone.utc)
"""When a thread was last used that its patient had erased."""

LONGEST_PATIENCE = timedelta(hours=23)
"""How long Meta is asked to take an answer; it takes none later than a day after the patient wrote."""

_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)
_MOST_DOUBLINGS = 7
_TOGETHER = 500  # a database takes so many values in one statement, not any number
_JITTER = (0.8, 1.2)

Step = dict[str, Any]
"""A call to Meta: `{"send": message}` (`is_notice`: the notice on privacy), `{"pass": note}` or `{"take": note}`."""


@dataclass(frozen=True)
class Claim:
    """A thread that a worker holds.

    Attributes:
        id: Its row.
        lease: By which the worker holds it.
        was_left: Whether a worker left it in the middle of an answer.
    """

    id: int
    lease: str
    was_left: bool


@dataclass(frozen=True)
class Thread:
    """A thread that is held, as it is at this moment.

    Attributes:
        claim: By which it is held.
        person: The patient's page-scoped id.
        conversation_id: The id of its conversation.
        offered: The choices of the last answer, as JSON, or None.
        is_noticed: Whether the notice on privacy was sent.
        people_until: Until when people have the chat, or None.
    """

    claim: Claim
    person: str
    conversation_id: str
    offered: str | None
    is_noticed: bool
    people_until: datetime | None


@dataclass(frozen=True)
class Event:
    """An event that is to be answered; `steps` is None until it is known how."""

    id: int
    identity: str
    received_at: datetime
    content: Content
    steps: list[Step] | None
    steps_done: int
    attempts: int


def accept(session: Session, incoming: Sequence[Incoming]) -> None:
    """Puts events into the queue; those that were told before change nothing."""
    for start in range(0, len(incoming), _TOGETHER):
        _accept(session, incoming[start : start + _TOGETHER])


def _accept(session: Session, told: Sequence[Incoming]) -> None:
    row = MessengerEventRow
    told_before = select(row.identity).where(row.identity.in_({one.identity for one in told}))
    known = set(session.execute(told_before).scalars())
    if incoming := [one for one in told if one.identity not in known]:
        _accept_new(session, incoming)


def _accept_new(session: Session, incoming: Sequence[Incoming]) -> None:
    pseudonyms = {one: the_keyring().pseudonyms(f"messenger {one.page} {one.person}") for one in incoming}
    threads = _threads(session, {name for names in pseudonyms.values() for name in names})
    unknown = {names[0]: one for one, names in pseudonyms.items() if not threads.keys() & set(names)}
    if unknown:
        _insert_new(session, MessengerThreadRow, [_new_thread(name, one) for name, one in unknown.items()])
        threads |= _threads(session, unknown.keys())
    at = this_moment()
    rows = [
        {
            "identity": one.identity,
            "thread_id": next(threads[name] for name in pseudonyms[one] if name in threads),
            "written_at": one.written_at,
            "received_at": one.received_at or at,
            "content": one.content.as_json(),
            "steps_done": 0,
            "attempts": 0,
            "is_open": True,
        }
        for one in incoming
    ]
    row = MessengerThreadRow
    written = update(row).where(row.id.in_({one["thread_id"] for one in rows}))
    session.execute(_quietly(written.values(used_at=at)))
    # who waits already keeps the place, and whose answer was put off gets it tried at once
    session.execute(_quietly(written.where(or_(row.due_at > at, ~_waits())).values(due_at=at)))
    _insert_new(session, MessengerEventRow, rows)


def claim(session: Session, at: datetime, most: int) -> list[Claim]:
    """Takes threads in which something is to be done that nobody holds, those that wait longest first.

    Args:
        session: Whose transaction.
        at: This moment.
        most: How many threads at most.
    """
    row = MessengerThreadRow
    is_free = or_(row.leased_until.is_(None), row.leased_until <= at)
    is_due = and_(row.due_at <= at, or_(_waits(), row.people_until <= at))
    found = session.execute(
        select(row.id, row.lease).where(is_free, is_due).order_by(row.due_at, row.id).limit(most)
    ).all()
    if not found:
        return []
    left = {id_ for id_, lease in found if lease}
    lease = uuid.uuid4().hex
    # The condition once more: another worker may have been faster since. Whoever changes the row has it.
    ours = update(row).where(row.id.in_([id_ for id_, _ in found]), is_free)
    session.execute(_quietly(ours.values(lease=lease, leased_until=at + LEASE)))
    taken = session.execute(select(row.id).where(row.lease == lease).order_by(row.due_at, row.id)).scalars()
    return [Claim(id_, lease, id_ in left) for id_ in taken]


def renew(session: Session, leases: Collection[str], at: datetime) -> None:
    """Keeps the threads that are held by these leases."""
    held = update(MessengerThreadRow).where(MessengerThreadRow.lease.in_(leases))
    session.execute(_quietly(held.values(leased_until=at + LEASE)))


def held_thread(session: Session, claim: Claim) -> Thread | None:
    """The thread of a claim; None where it is held no more.

    Raises:
        bot.storage.DataKeyError: No key opens it.
    """
    row = MessengerThreadRow
    found = session.execute(select(row).where(row.id == claim.id, row.lease == claim.lease)).scalar_one_or_none()
    if found is None:
        return None
    offered = cast("str | None", found.offered)
    is_noticed = found.noticed_at is not None
    return Thread(claim, found.person, found.conversation_id, offered, is_noticed, found.people_until)


def next_event(session: Session, claim: Claim) -> tuple[Thread, Event] | None:
    """The oldest event that is still to be answered, with its thread; None where there is none, or it is held no more.

    Raises:
        bot.storage.DataKeyError: No key opens it.
    """
    row = MessengerEventRow
    query = select(row).where(row.thread_id == claim.id, row.is_open).order_by(row.written_at, row.id).limit(1)
    found = session.execute(query).scalar_one_or_none()
    thread = held_thread(session, claim)
    if found is None or found.content is None or thread is None:
        return None
    steps = None if found.steps is None else json.loads(found.steps)
    content = content_of(found.content)
    return thread, Event(found.id, found.identity, found.received_at, content, steps, found.steps_done, found.attempts)


def keep_steps(session: Session, thread: Thread, event: Event, steps: Sequence[Step]) -> bool:
    """Writes down how an event is answered, before anything of it is sent; gives whether it may be sent."""
    _change(session, event, steps=json.dumps(steps))
    return _is_ours(session, thread)


def keep_progress(session: Session, thread: Thread, event: Event, steps_done: int) -> bool:
    """Writes down that Meta has taken so many steps of an answer; gives whether the rest may be sent."""
    _change(session, event, steps_done=steps_done)
    return _is_ours(session, thread)


def others_wait(session: Session, thread: Thread, event: Event) -> bool:
    """Whether the patient has written something else that waits behind an event."""
    row = MessengerEventRow
    others = select(row.id).where(row.thread_id == thread.claim.id, row.is_open, row.id != event.id)
    return session.execute(others.limit(1)).first() is not None


def finish(session: Session, thread: Thread, event: Event, failure: str | None = None) -> None:
    """Closes an event, and forgets what it said.

    Args:
        session: Whose transaction.
        thread: Of which thread; where another worker holds it by now, nothing changes.
        event: Which.
        failure: Why the answer, or a part of it, did not reach the patient: a kind and codes, no text.
    """
    if _is_ours(session, thread):
        _change(session, event, is_open=False, content=None, steps=None, failure=failure)


def give_up(session: Session, claim: Claim, failure: str) -> None:
    """Closes all that waits in a thread that cannot be read, and forgets the thread: its patient begins anew."""
    row = MessengerEventRow
    unread = update(row).where(row.thread_id == claim.id, row.is_open)
    session.execute(_quietly(unread.values(is_open=False, content=None, steps=None, failure=failure)))
    session.execute(_quietly(delete(MessengerThreadRow).where(MessengerThreadRow.id == claim.id)))


def put_off(session: Session, thread: Thread, event: Event, at: datetime, failure: str) -> None:
    """Lets a thread wait whose answer Meta did not take: 5 seconds, then twice that, up to 10 minutes.

    What the patient writes next ends the wait.
    """
    if not _is_ours(session, thread):
        return
    wait = min(_FIRST_WAIT * 2 ** min(event.attempts, _MOST_DOUBLINGS), _LONGEST_WAIT)
    wait *= random.uniform(*_JITTER)  # noqa: S311  # spreads the attempts, keeps no secret
    _change(session, event, attempts=event.attempts + 1, failure=failure)
    change_thread(session, thread.claim, due_at=at + wait)


def change_thread(session: Session, claim: Claim, **values: Any) -> None:
    """Changes columns of a thread that is still held."""
    row = MessengerThreadRow
    held = update(row).where(row.id == claim.id, row.lease == claim.lease)
    session.execute(_quietly(held.values(**values)))


def release(session: Session, claim: Claim) -> None:
    """Gives a thread back; one that its patient had erased, and in which nothing waits, is forgotten."""
    row = MessengerThreadRow
    erased = delete(row).where(row.id == claim.id, row.lease == claim.lease, row.used_at <= ERASED, ~_waits())
    session.execute(_quietly(erased))
    change_thread(session, claim, lease=None, leased_until=None)


def erase_threads(session: Session, pseudonyms: Sequence[str]) -> None:
    """Forgets whoever wrote in a conversation, by its pseudonyms.

    The thread in which the wish is being answered, or in which more waits to be, is kept until it is: in a conversation
    of its own, which knows nothing of the old one.
    """
    row = MessengerThreadRow
    mine = session.execute(select(row.id).where(row.conversation.in_(pseudonyms)).with_for_update()).scalars().all()
    session.execute(_quietly(delete(row).where(row.id.in_(mine), ~_waits())))
    for id_ in mine:
        anew = {**_new_conversation(), "used_at": ERASED, "offered": None, "noticed_at": None, "people_until": None}
        session.execute(_quietly(update(row).where(row.id == id_).values(**anew)))


def unused_threads(before: datetime) -> Any:
    """The condition on threads that were not used since a moment, and in which nothing waits."""
    return and_(MessengerThreadRow.used_at < before, ~_waits())


def old_events(before: datetime) -> Any:
    """The condition on events that came before a moment, and are answered."""
    return and_(MessengerEventRow.received_at < before, ~MessengerEventRow.is_open)


def _waits() -> Any:
    """The condition that something is to be answered in a thread."""
    return exists().where(and_(MessengerEventRow.thread_id == MessengerThreadRow.id, MessengerEventRow.is_open))


def _threads(session: Session, names: Collection[str]) -> dict[str, int]:
    """The rows of those who are known, by their pseudonyms."""
    query = select(MessengerThreadRow.sender, MessengerThreadRow.id).where(MessengerThreadRow.sender.in_(names))
    return {str(row.sender): int(row.id) for row in session.execute(query)}


def _new_thread(sender: str, one: Incoming) -> dict[str, Any]:
    """Somebody who writes for the first time."""
    at = this_moment()
    return {"sender": sender, "person": one.person, "due_at": at, "used_at": at, **_new_conversation()}


def _new_conversation() -> dict[str, Any]:
    """A conversation whose id tells nothing of the person."""
    conversation_id = f"messenger-{uuid.uuid4().hex}"
    return {"conversation": the_keyring().pseudonym(conversation_id), "conversation_id": conversation_id}


def _insert_new(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    """Inserts what is not there yet: Meta, or another server, may have told it before."""
    dialect = session.get_bind().dialect.name
    insert = (postgresql if dialect == "postgresql" else sqlite).insert
    session.execute(insert(table.__table__).on_conflict_do_nothing(), rows)


def _is_ours(session: Session, thread: Thread) -> bool:
    """Whether no other worker holds a thread by now."""
    held_by = session.execute(select(MessengerThreadRow.lease).where(MessengerThreadRow.id == thread.claim.id)).all()
    return bool(held_by) and held_by[0].lease == thread.claim.lease


def _change(session: Session, event: Event, **values: Any) -> None:
    """Changes columns of an event that is still open: of one that was erased nothing is written again."""
    row = MessengerEventRow
    session.execute(_quietly(update(row).where(row.id == event.id, row.is_open).values(**values)))


def _quietly(statement: Executable) -> Executable:
    """A statement that leaves the session's objects as they are: none is used afterwards."""
    return statement.execution_options(synchronize_session=False)
