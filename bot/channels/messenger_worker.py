"""The worker of Messenger: takes events from the queue, has them answered, and sends the answers in their order.

Exactly once is not to be had of Meta's Send API: between its "taken" and our note of it a process can die. So what was
not noted is sent again, and an answer is written down before anything of it is sent: nobody is answered twice in other
words, and no answer is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.channels.messenger_answers import TAKEN_BACK, Answers, own_words
from bot.messenger import queue
from bot.messenger.arrivals import Arrivals
from bot.messenger.events import Kind
from bot.messenger.graph import Fault, Graph, GraphError
from bot.messenger.queue import Claim, Event, Step, Thread
from bot.messenger.rendering import plain, rendered
from bot.storage import DataKeyError
from bot.storage.columns import now
from bot.storage.group_commit import Works

logger = logging.getLogger(__name__)

T = TypeVar("T")

_AT_ONCE = 100  # threads that are answered together; nearly all of their time they wait for Meta
_POLL = 0.1  # seconds
_RENEW_EVERY = queue.LEASE.total_seconds() / 4
_AFTER_A_FAULT = timedelta(seconds=30)
_MOST_FAULTS = 5  # of our own, before an event is given up
_OF_THREAD = frozenset({Kind.TAKEN, Kind.GIVEN_BACK, Kind.ASKED_FOR})
_HELD_BY_OTHERS = 2018300  # Meta's code: another app has the chat
_SIGNS_PATIENCE = 1.0  # seconds
_MOST_IN_THE_WAY = timedelta(minutes=10)
_LONGEST_RETURN = timedelta(hours=1)


class _LeaseLostError(RuntimeError):
    """Another worker holds the thread."""


class _PutOffError(RuntimeError):
    """The thread has to wait."""


class MessengerWorker:
    """Answers what is in the queue.

    Args:
        work: Where the queue is.
        arrivals: What the webhook has taken.
        answers: What is answered.
        graph: Meta's Graph API.
        people_have: How long people keep a chat that they do not give back.
    """

    def __init__(self, work: Works, arrivals: Arrivals, answers: Answers, graph: Graph, people_have: timedelta) -> None:
        self._work = work
        self._arrivals = arrivals
        self._answers = answers
        self._graph = graph
        self._people_have = people_have
        self._stopping = asyncio.Event()
        self._serving: dict[int, asyncio.Task[None]] = {}
        self._leases: dict[int, str] = {}

    async def run(self, stopping: asyncio.Event) -> None:
        """Answers until it is told to stop; then ends the answers that are under way.

        Args:
            stopping: Set when it shall end.
        """
        self._stopping = stopping
        renewing = asyncio.create_task(self._renew())
        is_away = False
        while not stopping.is_set():
            taken = 0
            try:
                await self._arrivals.bring()
                taken = await self._take()
                is_away = False
            except SQLAlchemyError as error:
                if not is_away:  # once, not with every look
                    logger.error("The database cannot be used (%s); Messenger waits for it.", type(error).__name__)
                is_away = True
            if not taken:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(stopping.wait(), _POLL)
        await asyncio.gather(*self._serving.values(), return_exceptions=True)
        renewing.cancel()

    async def _take(self) -> int:
        """Takes up threads that wait; gives how many."""
        free = _AT_ONCE - len(self._serving)
        if not free:
            await asyncio.wait(self._serving.values(), return_when=asyncio.FIRST_COMPLETED)
            return 1
        claims = await self._work.do(partial(queue.claim, at=now(), most=free))
        for claim in claims:
            self._leases[claim.id] = claim.lease
            if claim.id not in self._serving:  # else our lease has run out, and is ours again
                self._serving[claim.id] = asyncio.create_task(self._serve(claim))
        return len(claims)

    async def _renew(self) -> None:
        """Keeps the leases of what is being answered."""
        while True:
            await asyncio.sleep(_RENEW_EVERY)
            if self._leases:
                with contextlib.suppress(SQLAlchemyError):  # it is told where the queue is looked at
                    await self._work.do(partial(queue.renew, leases=list(self._leases.values()), at=now()))

    async def _serve(self, claim: Claim) -> None:
        """Answers what a patient wrote, one event after the other."""
        try:
            await self._answer_all(claim)
            await self._do(queue.release, claim)
        except _LeaseLostError:
            logger.warning("A thread is another worker's by now.")
        except SQLAlchemyError:
            logger.error("A thread waits for the database.")  # and for the end of its lease
        finally:
            del self._serving[claim.id], self._leases[claim.id]

    async def _answer_all(self, claim: Claim) -> None:
        try:
            thread = await self._do(queue.held_thread, claim)
            if thread and thread.people_until and thread.people_until <= now():
                await self._come_back(thread, thread.people_until)
            while not self._stopping.is_set() and (found := await self._do(queue.next_event, claim)):
                await self._answer(*found)
                claim = replace(claim, was_left=False)
        except _PutOffError:
            return
        except DataKeyError as error:
            logger.error("What somebody wrote on Messenger is given up. %s", error)
            await self._do(queue.give_up, claim, "no key opens it")

    async def _answer(self, thread: Thread, event: Event) -> None:
        """Answers an event.

        Raises:
            _PutOffError: The answer has to wait.
        """
        failure, may_wait = None, False
        try:
            steps = await self._steps(thread, event)
            for done, step in enumerate(steps[event.steps_done :], start=event.steps_done + 1):
                failure = await self._take_step(thread, step) or failure
                if done < len(steps):
                    self._check(await self._do(queue.keep_progress, thread, event, done))
        except GraphError as error:
            failure = _in_codes(error)
            may_wait = error.fault is Fault.TRANSIENT and await self._may_wait(thread, event)
        except (SQLAlchemyError, _LeaseLostError, DataKeyError):
            raise
        except Exception as error:  # an event as nobody foresaw it must not hold up its patient for ever
            logger.error("an event was not answered: %s", type(error).__name__)
            failure, may_wait = type(error).__name__, event.attempts < _MOST_FAULTS
        if failure and may_wait:
            await self._do(queue.put_off, thread, event, now(), failure)
            raise _PutOffError(failure)
        await self._do(queue.finish, thread, event, failure)

    async def _may_wait(self, thread: Thread, event: Event) -> bool:
        """Whether Meta shall be asked once more to take an answer: a day long, but only minutes where others wait."""
        age = now() - event.received_at
        if age < _MOST_IN_THE_WAY:
            return True
        return age < queue.LONGEST_PATIENCE and not await self._do(queue.others_wait, thread, event)

    async def _steps(self, thread: Thread, event: Event) -> list[Step]:
        """The calls to Meta that answer an event, which are on disk before the first is made."""
        if event.steps is not None:
            return event.steps
        people_have_it = thread.people_until is not None
        is_of_thread = event.content.kind in _OF_THREAD
        signs = None if people_have_it or is_of_thread else asyncio.create_task(self._show_signs(thread.person))
        answer = await self._answers.answer(thread, event, people_have_it)
        if signs:
            await asyncio.wait([signs], timeout=_SIGNS_PATIENCE)
        kept: dict[str, Any] = {"offered": answer.offered}
        if is_of_thread:
            kept["people_until"] = now() + self._people_have if event.content.kind is Kind.TAKEN else None

        def keep(session: Session) -> bool:
            queue.change_thread(session, thread.claim, **kept)
            return queue.keep_steps(session, thread, event, answer.steps)

        self._check(await self._work.do(keep))
        return answer.steps

    async def _take_step(self, thread: Thread, step: Step) -> str | None:
        """Makes a call to Meta; gives the codes by which a single bubble was refused, or None."""
        if "take" in step:
            with contextlib.suppress(GraphError):  # whether Meta lets the words through, it says when they are sent
                await self._graph.take_thread(thread.person, step["take"])
        elif "pass" in step:
            await self._pass(thread, step["pass"])
        else:
            try:
                await self._send(thread.person, step["send"])
            except GraphError as error:
                if error.fault is not Fault.MESSAGE:
                    raise
                return _in_codes(error)  # the others go all the same
            if step.get("is_notice"):
                await self._do(partial(queue.change_thread, noticed_at=now()), thread.claim)
        return None

    async def _pass(self, thread: Thread, note: str) -> None:
        """Hands a chat to people, or tells the patient that it could not be."""
        try:
            await self._graph.pass_thread(thread.person, note)
        except GraphError as error:
            if _HELD_BY_OTHERS not in (error.code, error.subcode):
                await self._send_words(thread.person, "pass_failed")
                return
        await self._do(partial(queue.change_thread, people_until=now() + self._people_have), thread.claim)

    async def _send(self, person: str, message: dict[str, Any], kind: str = "RESPONSE") -> None:
        """Sends a bubble; in plain words where Meta does not take its form."""
        try:
            await self._graph.send(person, message, kind)
        except GraphError as error:
            if error.fault is not Fault.MESSAGE or plain(message) == message:
                raise
            await self._graph.send(person, plain(message), kind)

    async def _send_words(self, person: str, name: str, kind: str = "RESPONSE") -> None:
        for bubble in rendered([own_words(name)]).bubbles:
            await self._send(person, bubble, kind)

    async def _show_signs(self, person: str) -> None:
        """Shows that the message is seen, and that an answer is being written."""
        await asyncio.gather(self._graph.act(person, "mark_seen"), self._graph.act(person, "typing_on"))

    async def _come_back(self, thread: Thread, since: datetime) -> None:
        """Takes a chat that people have kept long enough, and says so.

        Raises:
            _PutOffError: Meta does not answer now.
        """
        try:
            try:
                await self._graph.take_thread(thread.person, TAKEN_BACK)
            except GraphError as error:
                if error.fault is Fault.TRANSIENT:
                    raise
            await self._send_words(thread.person, "people_back", "UPDATE")  # the chat may have been ours already
        except GraphError as error:
            if error.fault is Fault.TRANSIENT and now() - since < _LONGEST_RETURN:
                await self._do(partial(queue.change_thread, due_at=now() + _AFTER_A_FAULT), thread.claim)
                raise _PutOffError("people_back") from None
        await self._do(partial(queue.change_thread, people_until=None), thread.claim)

    async def _do(self, work: Callable[..., T], *arguments: Any) -> T:
        return await self._work.do(lambda session: work(session, *arguments))

    @staticmethod
    def _check(is_ours: bool) -> None:
        if not is_ours:
            raise _LeaseLostError


def _in_codes(error: GraphError) -> str:
    return f"{error.fault.value} {error.code}/{error.subcode}"
