"""Turns of conversations: each message is answered once, in its order, and to its end when its reader has gone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10.0
"""After so long a silence a reader is told that the answer is still being made."""
MOST_SECONDS = 20.0
"""How long the assistant may take for an answer; then the patient gets words, and the next message its turn."""
MOST_WAITING = 5
"""How many messages of one conversation may wait for their answers."""
_KEPT_SECONDS = 10 * 60  # who sends a message again does so soon; later the record of the conversation is asked
_COARSE_SECONDS = 0.1  # uvloop counts in milliseconds, and may call back before time.monotonic says so
_TURNS_KEPT = 20
_CONVERSATIONS_KEPT = 2000

Message = dict[str, Any]
"""A message as the page gets it (openapi.yml)."""


class BusyError(RuntimeError):
    """Too many messages of a conversation wait already."""


class Turn:
    """What the assistant says to one message, as it is said; any number of readers may follow."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.over = False
        self.failed = False
        self._changed = asyncio.Condition()

    async def say(self, message: Message) -> None:
        """Adds a message of the assistant."""
        async with self._changed:
            self.messages.append(message)
            self._changed.notify_all()

    async def end(self) -> None:
        """Tells the readers that nothing more will come."""
        async with self._changed:
            self.over = True
            self._changed.notify_all()

    async def follow(self) -> AsyncIterator[Message | None]:
        """Gives each message as it is said, from the first; a None for each `HEARTBEAT_SECONDS` of silence."""
        read = 0
        while True:
            for message in self.messages[read:]:
                read += 1
                yield message
            async with self._changed:
                if read < len(self.messages):
                    continue
                if self.over:
                    return
                try:
                    await asyncio.wait_for(self._changed.wait(), HEARTBEAT_SECONDS)
                    continue
                except asyncio.TimeoutError:
                    pass
            yield None

    async def whole(self) -> list[Message]:
        """All messages, when the turn is over."""
        return [message async for message in self.follow() if message]


Answer = Callable[[Turn], Awaitable[None]]


class _Conversation:
    """The newest turns of a conversation, by the keys of their messages."""

    def __init__(self) -> None:
        self.turns: OrderedDict[str, Turn] = OrderedDict()
        self.newest: asyncio.Task[None] | None = None
        self.used = time.monotonic()

    @property
    def is_running(self) -> bool:
        """Whether a message waits for its answer."""
        return self.newest is not None and not self.newest.done()


class Turns:
    """The turns of all conversations that this process has met lately.

    A message that is sent again, known by its key, joins the turn that it began.

    Args:
        apology: Makes what is said where a turn has failed.
    """

    def __init__(self, apology: Callable[[], Message]) -> None:
        self._apology = apology
        self._conversations: OrderedDict[str, _Conversation] = OrderedDict()

    def known(self, conversation_id: str, key: str) -> Turn | None:
        """The turn that a message began when it came before, if it is remembered."""
        conversation = self._conversations.get(conversation_id)
        return conversation.turns.get(key) if conversation else None

    def begin(self, conversation_id: str, key: str, answer: Answer) -> Turn:
        """Begins the turn of a message, behind those before it; or gives the one that it began when it came first.

        Args:
            conversation_id: The conversation.
            key: What the message is known by when it is sent again.
            answer: Has the assistant answer into the turn.

        Returns:
            The turn, which goes on by itself.

        Raises:
            BusyError: Too many messages of this conversation wait.
        """
        conversation = self._conversations.setdefault(conversation_id, _Conversation())
        self._conversations.move_to_end(conversation_id)
        conversation.used = time.monotonic()
        if key in conversation.turns:
            return conversation.turns[key]
        if sum(not turn.over for turn in conversation.turns.values()) >= MOST_WAITING:
            raise BusyError("too many messages wait")
        turn = conversation.turns[key] = Turn()
        conversation.newest = asyncio.create_task(self._run(conversation, key, answer, conversation.newest))
        while len(conversation.turns) > _TURNS_KEPT:
            conversation.turns.popitem(last=False)
        self._forget_the_old()
        return turn

    def forget(self, conversation_id: str, but: str) -> None:
        """Forgets what was said in a conversation, whose patient wishes it gone.

        Args:
            conversation_id: The conversation.
            but: The key of the wish: its answer, that all is gone, may have been lost on the way.
        """
        if conversation := self._conversations.get(conversation_id):
            for key in conversation.turns.keys() - {but}:
                del conversation.turns[key]

    async def finish(self, seconds: float) -> None:
        """Waits until the turns that are under way have ended, but not longer than some seconds."""
        running = [one.newest for one in self._conversations.values() if one.newest and one.is_running]
        if running:
            await asyncio.wait(running, timeout=seconds)

    async def _run(
        self, conversation: _Conversation, key: str, answer: Answer, before: asyncio.Task[None] | None
    ) -> None:
        """Answers a message when the one before it has been."""
        turn, is_answered = conversation.turns[key], False
        try:
            if before:
                await asyncio.wait([before])
            await asyncio.wait_for(answer(turn), MOST_SECONDS)
            is_answered = not turn.failed
        except Exception as error:  # whatever failed, the readers must not wait for ever
            logger.error("a turn has failed: %s", type(error).__name__)
            await turn.say(self._apology())
        finally:
            if not is_answered:
                conversation.turns.pop(key, None)  # so that the patient can try again
            await turn.end()
            asyncio.get_running_loop().call_later(_KEPT_SECONDS + _COARSE_SECONDS, self._forget_the_old)

    def _forget_the_old(self) -> None:
        """Keeps in memory no more, and no longer, than messages that are sent again need."""
        oldest = time.monotonic() - _KEPT_SECONDS
        for name, conversation in list(self._conversations.items()):
            if conversation.used > oldest and len(self._conversations) <= _CONVERSATIONS_KEPT:
                break
            if not conversation.is_running:
                del self._conversations[name]
