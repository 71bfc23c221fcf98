"""What is answered to an event of Messenger: the assistant's messages as calls to Meta, or the channel's own words."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.constants import USER_INTENT_BACK, USER_INTENT_SESSION_START

from bot.channels.history import answered_before, by_assistant
from bot.channels.messenger import MessengerChannel
from bot.channels.pace import Pace
from bot.channels.turns import MOST_SECONDS, Message
from bot.channels.typed import is_alarming, readable
from bot.channels.words import said
from bot.insight.outcomes import response_names
from bot.insight.recorder import Recorder
from bot.messenger.events import Content, Kind
from bot.messenger.queue import Event, Step, Thread
from bot.messenger.rendering import Offer, answered_by_number, rendered
from bot.messenger.settings import MessengerSettings
from bot.messenger.words import the_words
from bot.storage.tracker_store import newest_messages

logger = logging.getLogger(__name__)

_COMMAND = re.compile(r"/([a-z_]+)\Z")
_GREET = "/greet"
_THUMB = "👍"
_WORDS = frozenset({"picture", "audio", "video", "file", "location", "sticker", "unsupported"})
_PASSED = "the assistant hands the chat over"
TAKEN_BACK = "the assistant answers"
"""What people are told when the assistant takes a chat."""

_ALARMS = frozenset(
    {"utter_emergency", "utter_crisis", "utter_triage_outcome/emergency", "utter_triage_outcome/crisis"}
)
_OF_RASA = frozenset({USER_INTENT_SESSION_START, USER_INTENT_BACK})  # no button of ours stands for them
_HANDS_OVER = "hands_over"  # in the metadata of a response of domain.yml: people get the chat after it
_TURNS_AT_ONCE = 4
_LOOKED_BACK = 30  # messages among which one that was answered already is looked for
_SHARE, _BURST = 0.3, 1.0  # of one processor: what the website's patients notice no more than by a tenth


@dataclass(frozen=True)
class Answer:
    """How an event is answered.

    Attributes:
        steps: The calls to Meta, in their order.
        offered: The choices that it ends with, as JSON.
    """

    steps: list[Step]
    offered: str | None = None


class Replies(OutputChannel):
    """Gathers the assistant's messages of a turn."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name, by which the domain chooses its words."""
        return MessengerChannel.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Adds a message."""
        self.messages.append(_said_here(message))


class Answers:
    """Answers events.

    Args:
        agent: The assistant.
        settings: How Messenger is set up.
        recorder: What notes the turns.
    """

    def __init__(self, agent: Agent, settings: MessengerSettings, recorder: Recorder) -> None:
        self._agent = agent
        self._recorder = recorder
        self._commands = frozenset(agent.domain.intents) - _OF_RASA
        self._metadata = {"intake": "with_consent" if settings.intake else "elsewhere"}
        self._notice = the_words().notice_with_consent if settings.intake else the_words().notice
        self._turns = asyncio.Semaphore(_TURNS_AT_ONCE)
        self._pace = Pace(_SHARE, _BURST)

    async def answer(self, thread: Thread, event: Event, people_have_it: bool) -> Answer:
        """Has an event answered.

        Args:
            thread: Who wrote.
            event: What.
            people_have_it: Whether people have the chat. Then the bot is silent, but for an alarm.
        """
        content, offered = event.content, _offers(thread.offered)
        if content.kind is Kind.ASKED_FOR:
            return Answer([{"pass": _PASSED}], thread.offered)
        if content.kind is Kind.GIVEN_BACK:
            return self._as_calls(thread, [own_words("people_gave_back", offered)] if people_have_it else [])
        if content.kind is Kind.TAKEN or (people_have_it and not is_alarming(_told(content))):
            return Answer([], thread.offered)
        if content.kind.value in _WORDS:
            return self._as_calls(thread, [own_words(content.kind.value, offered)])
        messages = await self._said_to(thread, event, offered)
        answer = self._as_calls(thread, messages)
        if not people_have_it:
            return answer
        if _ALARMS.isdisjoint(response_names(messages)):
            return Answer([], thread.offered)
        # an emergency waits for nobody; people have the chat again after its words
        words = [step for step in answer.steps if "send" in step]
        return Answer([{"take": TAKEN_BACK}, *words, {"pass": _PASSED}], answer.offered)

    async def _said_to(self, thread: Thread, event: Event, offered: Sequence[Offer]) -> list[Message]:
        """What the assistant says to a text or a button."""
        text = self._command(event.content, offered)
        is_typed = text is None
        if text is None:
            typed = _THUMB if event.content.kind is Kind.LIKE else event.content.text
            text, complaint = await readable(typed or "")
            if complaint:
                return [said(complaint)]
        return await self._turn(thread, event, text, is_typed)

    def _command(self, content: Content, offered: Sequence[Offer]) -> str | None:
        """What a button stands for; None where the text counts, which is never a command.

        Meta signs what it sends, but a button may be of another app, or of an older one.
        """
        if content.kind is Kind.OPENED:
            return _GREET
        chosen = answered_by_number(content.text or "", offered) if content.kind is Kind.TEXT else None
        payload = chosen.payload if chosen else content.payload
        command = _COMMAND.fullmatch(payload or "")
        if command and command[1] in self._commands:
            return payload
        if payload in {offer.payload for offer in offered} and not command:
            return payload
        return _GREET if content.kind is Kind.BUTTON else None

    async def _turn(self, thread: Thread, event: Event, text: str, is_typed: bool) -> list[Message]:
        """Has the assistant answer; what it has answered already, before a worker was killed, is said again."""
        if (thread.claim.was_left or event.attempts) and (answered := await self._answered(thread, event)):
            return answered
        replies = Replies()
        message = UserMessage(
            text, replies, thread.conversation_id, None, Replies.name(), event.identity, metadata=self._metadata
        )
        failed = False
        try:
            if is_alarming(text):  # waits neither for the pace nor for those that do
                await self._handle(message)
            else:
                async with self._turns:
                    await self._pace.rest()
                    await self._handle(message)
        except Exception as error:  # whatever failed, the patient must not be left without words
            logger.error("a message was not answered: %s", type(error).__name__)
            failed = True
        self._recorder.note(thread.conversation_id, response_names(replies.messages), text if is_typed else None)
        return [*replies.messages, said("trouble")] if failed or not replies.messages else replies.messages

    async def _handle(self, message: UserMessage) -> None:
        await asyncio.wait_for(self._agent.handle_message(message), MOST_SECONDS)

    async def _answered(self, thread: Thread, event: Event) -> list[Message]:
        record = await newest_messages(self._agent.tracker_store, thread.conversation_id, _LOOKED_BACK)
        return [_said_here(message) for message in answered_before(record, event.identity)]

    def _as_calls(self, thread: Thread, messages: list[Message]) -> Answer:
        """The calls to Meta that bring messages to the patient; on first contact the notice on privacy comes before."""
        names = set(response_names(messages))
        has_notice = bool(messages) and not thread.is_noticed and names.isdisjoint(_ALARMS)
        turn = rendered([by_assistant({"text": self._notice}), *messages] if has_notice else messages)
        steps: list[Step] = [{"send": bubble} for bubble in turn.bubbles]
        if has_notice:
            steps[0]["is_notice"] = True
        if any(message.get(_HANDS_OVER) for message in messages):
            steps.append({"pass": _PASSED})
        offered = json.dumps([asdict(offer) for offer in turn.offered]) if turn.offered else None
        return Answer(steps, offered)


def own_words(name: str, offered: Sequence[Offer] = ()) -> Message:
    """A message of the connector's own words, with the choices that the patient still has."""
    buttons = [{"title": offer.title, "payload": offer.payload} for offer in offered]
    return by_assistant({"text": getattr(the_words(), name), "buttons": buttons})


def _told(content: Content) -> str:
    """What a patient says by an event: what was typed, or all that a button stands for."""
    return "\n".join(part for part in (content.text, content.payload) if part)


def _said_here(message: dict[str, Any]) -> Message:
    """A message of the assistant, of what Rasa makes of it, with whether people get the chat after it."""
    return {**by_assistant(message), _HANDS_OVER: bool((message.get("metadata") or {}).get(_HANDS_OVER))}


def _offers(offered: str | None) -> list[Offer]:
    return [Offer(**offer) for offer in json.loads(offered)] if offered else []
