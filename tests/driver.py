"""Drives conversations over the trained model, the real action server and a real database.

    chat = Conversation(agent)
    chat.say("hi")
    assert chat.responses == ["utter_greet"]
    chat.press("I have symptoms")
    assert chat.slot("disposition") is None

`say` types, `press` takes a button of the last messages by its title, `wait` lets time pass. Afterwards `texts`,
`responses` and `buttons` hold what the assistant answered. `on_messenger` is a conversation of another channel.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.events import SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.facts import care
from bot.nlu.intake import Intake
from bot.nlu.reading import ASK
from bot.storage.conversations import ConversationLog
from bot.storage.tracker_store import EncryptedTrackerStore
from bot.triage import the_protocol
from bot.triage.ending import DISCLAIMER, HANDOFF

ENDING = [DISCLAIMER, HANDOFF]
"""The responses that triage ends with, whatever its path."""


class _Replies(OutputChannel):
    """Gathers the messages of one turn whole, their metadata included."""

    def __init__(self, channel: str) -> None:
        self.messages: list[dict[str, Any]] = []
        self._channel = channel

    def name(self) -> str:  # type: ignore[override]
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(message)


class Conversation:
    """One patient's conversation. `messages` are those that the assistant answered last, whole.

    `channel` and `metadata` go with every message; both may be changed on the way.
    """

    _loop = asyncio.new_event_loop()

    def __init__(self, agent: Agent, channel: str = "test", metadata: dict[str, Any] | None = None) -> None:
        self._agent = agent
        self.channel = channel
        self.metadata = metadata
        self.sender = uuid.uuid4().hex
        self.messages: list[dict[str, Any]] = []

    def say(self, *texts: str) -> Conversation:
        """Types one message after the other."""
        for text in texts:
            replies = _Replies(self.channel)
            message = UserMessage(text, replies, self.sender, input_channel=self.channel, metadata=self.metadata)
            self._loop.run_until_complete(self._agent.handle_message(message))
            self.messages = replies.messages
        return self

    def press(self, *titles: str) -> Conversation:
        """Takes one button after the other, by its title."""
        for title in titles:
            assert title in self.buttons, f"no button {title!r} among {list(self.buttons)}"
            self.say(self.buttons[title])
        return self

    def wait(self, minutes: int) -> Conversation:
        """Lets time pass: everything said so far was said that much earlier."""
        self._loop.run_until_complete(self._wait(60 * minutes))
        return self

    @property
    def _kept(self) -> EncryptedTrackerStore:
        """The store itself, without the net that Rasa puts around it."""
        store = self._agent.tracker_store
        assert isinstance(store, FailSafeTrackerStore)
        assert isinstance(store._tracker_store, EncryptedTrackerStore)
        return store._tracker_store

    async def _wait(self, seconds: int) -> None:
        so_far = await self._kept.retrieve_full_tracker(self.sender)
        assert so_far
        events = list(so_far.events)
        for event in events:
            event.timestamp -= seconds
        ConversationLog(self._kept.engine.url).delete_conversation(self.sender, datetime.now(timezone.utc))
        await self._kept.save(DialogueStateTracker.from_events(self.sender, events))

    @property
    def texts(self) -> list[str]:
        """What the assistant answered to the last message."""
        return [message.get("text") or "" for message in self.messages]

    @property
    def responses(self) -> list[str]:
        """The names of the responses that it answered with."""
        return [message.get("utter_action", "?") for message in self.messages]

    @property
    def buttons(self) -> dict[str, str]:
        """Title to payload of the buttons on offer: those of the last message, as the chat page shows them."""
        last = self.messages[-1] if self.messages else {}
        return {button["title"]: button["payload"] for button in last.get("buttons") or []}

    @property
    def tracker(self) -> DialogueStateTracker:
        """The conversation as Rasa keeps it."""
        return self._loop.run_until_complete(self._agent.tracker_store.get_or_create_tracker(self.sender))

    @property
    def whole_session(self) -> DialogueStateTracker:
        """The newest session as all of its events tell it."""
        whole = self._loop.run_until_complete(self._kept.retrieve_full_tracker(self.sender))
        assert whole
        events = list(whole.events)
        start = max((at for at, event in enumerate(events) if isinstance(event, SessionStarted)), default=0)
        return DialogueStateTracker.from_events(self.sender, events[start:], self._kept.domain.slots)

    @property
    def form(self) -> str | None:
        """The active form."""
        return self.tracker.active_loop_name

    @property
    def intent(self) -> str | None:
        """The intent of the last message."""
        # not tracker.latest_message: a restored tracker leaves the answers to a form's questions out of it
        return next(event.intent_name for event in reversed(self.tracker.events) if isinstance(event, UserUttered))

    @property
    def asked(self) -> str | None:
        """The slot of the triage question that stands at the end of the answer, or None."""
        last = self.responses[-1] if self.responses else ""
        return last.removeprefix(ASK) if last.startswith(ASK) else None

    @property
    def care(self) -> str | None:
        """The disposition that everything told so far asks for."""
        found = care(the_protocol(), self.tracker.current_slot_values())
        return found.value if found else None

    def slot(self, name: str) -> Any:
        """A slot's value."""
        return self.tracker.get_slot(name)


def on_messenger(agent: Agent, intake: Intake) -> Conversation:
    """A conversation on Messenger, which tells with every message where symptoms and contact details are taken."""
    return Conversation(agent, "messenger", {"intake": intake.value})


def healthy_triage() -> Iterable[str]:
    """Answers, as buttons, that raise no flag."""
    return (
        "Low back",
        "A few weeks",
        "Long sitting",
        "5: medium",
        "Getting up from a chair",
        "18 to 55",
        "No, no change",
        "No numbness there",
        "No weakness",
        "No fever, I feel well",
        "No accident",
        "Neither",
        "No, or does not apply",
    )
