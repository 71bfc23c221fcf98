"""Turns of conversations: each message is answered once, in its order, and to its end when its reader has gone."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10.0
"""After so long a silence a reader is told that the answer is still being made."""
MOST_WAITING = 5
"""How many messages of one conversation may wait for their answers."""
_TURNS_KEPT = 20  # of a conversation: only the newest messages are sent again
_CONVERSATIONS_KEPT = 2000

Message = dict[str, Any]


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
Recall = Callable[[str], Awaitable[Sequence[Message] | None]]


class _Conversation:
    """The newest turns of a conversation, by the keys of their messages."""

    def __init__(self) -> None:
        self.turns: OrderedDict[str, Turn] = OrderedDict()
        self.newest: asyncio.Task[None] | None = None
        self.is_recalled = False


class Turns:
    """The turns of all conversations that this process has met.

    A message that is sent again, known by its key, joins the turn that it began. What another process, or this one
    before a restart, has answered is recalled from the record: that is asked once for each conversation.

    Args:
        apology: Makes what is said where a turn has failed.
    """

    def __init__(self, apology: Callable[[], Message]) -> None:
        self._apology = apology
        self._conversations: OrderedDict[str, _Conversation] = OrderedDict()

    def begin(self, conversation_id: str, key: str, answer: Answer, recall: Recall) -> Turn:
        """Begins the turn of a message, behind those before it; or gives the one that it began when it came first.

        Args:
            conversation_id: The conversation.
            key: What the message is known by when it is sent again.
            answer: Has the assistant answer into the turn.
            recall: Gives what was answered to a key by the record of the conversation; None where it has no such key.

        Returns:
            The turn, which goes on by itself.

        Raises:
            BusyError: Too many messages of this conversation wait.
        """
        conversation = self._conversations.setdefault(conversation_id, _Conversation())
        self._conversations.move_to_end(conversation_id)
        if key in conversation.turns:
            return conversation.turns[key]
        if sum(not turn.over for turn in conversation.turns.values()) >= MOST_WAITING:
            raise BusyError("too many messages wait")
        turn = conversation.turns[key] = Turn()
        conversation.newest = asyncio.create_task(self._run(conversation, key, answer, recall, conversation.newest))
        self._forget_the_oldest(conversation)
        return turn

    async def _run(
        self, conversation: _Conversation, key: str, answer: Answer, recall: Recall, before: asyncio.Task[None] | None
    ) -> None:
        """Answers a message when the one before it has been."""
        turn = conversation.turns[key]
        if before:
            await asyncio.wait([before])
        try:
            answered = None if conversation.is_recalled else await recall(key)
            conversation.is_recalled = True
            if answered is None:
                await answer(turn)
            else:
                turn.messages.extend(answered)
        except Exception as error:  # whatever failed, the readers must not wait for ever
            logger.error("a turn has failed: %s", type(error).__name__)
            turn.failed = True
            await turn.say(self._apology())
        if turn.failed:
            conversation.turns.pop(key, None)  # so that the patient can try again
        await turn.end()

    def _forget_the_oldest(self, conversation: _Conversation) -> None:
        """Keeps the memory of turns small."""
        while len(conversation.turns) > _TURNS_KEPT:
            conversation.turns.popitem(last=False)
        while len(self._conversations) > _CONVERSATIONS_KEPT:
            self._conversations.popitem(last=False)
