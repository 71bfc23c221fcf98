"""The website's channel: sessions that the server issues, messages as JSON, replies as they are made (openapi.yml)."""

from __future__ import annotations

import gc
import logging
import os
import secrets
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import Event
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.channels.history import (
    ERASED,
    MOST_MESSAGES,
    answered_before,
    by_assistant,
    conversation_so_far,
    is_erased,
)
from bot.channels.limits import Limits
from bot.channels.origins import Origins
from bot.channels.requests import ButtonBody, TextBody, bearer_token, identity, read_message, read_session
from bot.channels.sessions import Session, Sessions
from bot.channels.site import Site, clinics_widget
from bot.channels.stream import stream
from bot.channels.turns import BusyError, Message, Turn, Turns
from bot.channels.typed import readable
from bot.channels.words import said
from bot.insight.outcomes import response_names
from bot.insight.recorder import Recorder
from bot.nlu.reading import URGENT_WORDS
from bot.storage import database_url
from bot.storage.kept_secret import kept_secret
from bot.storage.tracker_store import newest_messages

logger = logging.getLogger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]

_SECRET_FILE = Path("var/web_secret")
_OPENING = "/greet"
_MENU = {"start_over": "/restart", "delete": "/delete_my_data"}
_FIRST_MESSAGE = "buenos días"
_BUSY_SECONDS = 5
_LOOKED_BACK = 12  # messages among which one that is sent again is looked for: four turns or five
_LAST_SECONDS = 5.0  # that turns get to end when the server stops


class WebReplies(OutputChannel):
    """Puts the assistant's messages into their turn as they are made."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker."""
        return WebChannel.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Adds a message."""
        await self._turn.say(by_assistant(message))


class WebChannel(InputChannel):
    """Rasa input channel of the website's widget.

    A session is a conversation id that the server draws and signs; nobody can choose or guess another's. A button
    carries its payload signed for its conversation, so only what was offered is taken. Typed text is never a command:
    slashes at its start are cut off. A message that is sent again, known by its key, is not answered twice.

    Args:
        secret: What sessions and buttons are signed with.
        origins: Which websites may talk to it.
        limits: How much may be asked.
    """

    def __init__(self, secret: str, origins: Origins, limits: Limits) -> None:
        self._sessions = Sessions(secret)
        self._limits = limits
        self._turns = Turns(partial(said, "trouble"))
        self._recorder: Recorder | None = None
        self._titles = {payload: clinics_widget().words[item] for item, payload in _MENU.items()}
        self._site = Site(origins, self._refusal)

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker and in its address, /webhooks/web."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebChannel:
        """Makes the channel by the environment; its secret is `WEB_SECRET`, or drawn once and kept below var/.

        Raises:
            OriginError: `WEB_ORIGINS` names something that is no website.
            LimitError: A limit cannot be read.
        """
        secret = os.environ.get("WEB_SECRET") or kept_secret(_SECRET_FILE, secrets.token_urlsafe)
        return cls(secret, Origins(os.environ), Limits(os.environ))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes."""
        routes = Blueprint("web_channel", __name__)

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            return json({"ready": agent is not None and agent.is_ready()})

        @routes.post("/sessions")
        async def sessions(request: Request) -> HTTPResponse:
            return await self._open(on_new_message, request)

        @routes.get("/history")
        async def history(request: Request) -> HTTPResponse:
            return await self._history(request)

        @routes.post("/messages")
        async def messages(request: Request) -> HTTPResponse | None:
            return await self._message(on_new_message, request)

        self._site.add_to(routes)
        routes.listener("before_server_start")(self._begin_recording)
        routes.listener("after_server_start")(_settle)
        routes.listener("before_server_stop")(self._finish)
        routes.listener("after_server_stop")(self._end_recording)
        return routes

    async def _begin_recording(self, _app: Sanic, _loop: Any) -> None:
        self._recorder = Recorder(database_url())

    async def _finish(self, _app: Sanic, _loop: Any) -> None:
        await self._turns.finish(_LAST_SECONDS)

    async def _end_recording(self, _app: Sanic, _loop: Any) -> None:
        if self._recorder:
            self._recorder.close()

    async def _open(self, on_new_message: OnNewMessage, request: Request) -> HTTPResponse:
        """Opens a session, where the patient has agreed to the notice."""
        body = read_session(request)
        if body is None:
            return self._refusal("bad_request", HTTPStatus.BAD_REQUEST)
        if not body.consent:
            return self._refusal("no_consent", HTTPStatus.BAD_REQUEST)
        if wait := self._limits.wait_for_session(_address(request)):
            return self._too_many(wait)
        session = self._sessions.open()
        turn = Turn()
        opening = UserMessage(
            _OPENING, WebReplies(turn), session.conversation, None, self.name(), metadata={"consent": True}
        )
        await self._converse(on_new_message, opening, turn)
        await turn.end()
        answer = {"token": self._sessions.token(session), **self._shown(session, turn.messages)}
        return json(answer, HTTPStatus.CREATED)

    async def _history(self, request: Request) -> HTTPResponse:
        """What was said in a session so far."""
        if wait := self._limits.wait_for_history(_address(request)):
            return self._too_many(wait)
        token = bearer_token(request)
        session = self._sessions.read(token)
        if session is None:
            return self._refusal("session_over", HTTPStatus.UNAUTHORIZED)
        record = await self._record(request.app, session, MOST_MESSAGES)
        if record is None:
            return self._refusal("trouble", HTTPStatus.SERVICE_UNAVAILABLE)
        if is_erased(record):
            return self._refusal("session_over", HTTPStatus.UNAUTHORIZED)
        messages = conversation_so_far(record, self._titles)
        return json({"token": self._sessions.renewed(session, token) or token, **self._shown(session, messages)})

    async def _message(self, on_new_message: OnNewMessage, request: Request) -> HTTPResponse | None:
        """Answers a message: typed text, or a button."""
        token = bearer_token(request)
        session = self._sessions.read(token)
        if session is None:
            return self._refusal("session_over", HTTPStatus.UNAUTHORIZED)
        if wait := self._limits.wait_for_message(session.conversation, _address(request)):
            return self._too_many(wait)
        body = read_message(request)
        if body is None:
            return self._refusal("bad_request", HTTPStatus.BAD_REQUEST)
        turn = self._turns.known(session.conversation, identity(body))
        if turn is None:
            record = await self._record(request.app, session, _LOOKED_BACK)
            if record is not None and is_erased(record):
                return self._refusal("session_over", HTTPStatus.UNAUTHORIZED)
            try:
                turn = self._begin(on_new_message, session, body, record)
            except BusyError:
                return self._too_many(_BUSY_SECONDS)
        show = partial(self._for_the_page, session)
        renewed = self._sessions.renewed(session, token)
        if "text/event-stream" in request.headers.get("accept", ""):
            await stream(request, turn, show, renewed)
            return None
        return json({"messages": [show(one) for one in await turn.whole()], "token": renewed})

    async def _record(self, app: Sanic, session: Session, most: int) -> Sequence[Event] | None:
        """The newest messages of a session's conversation; None where they cannot be read."""
        try:
            return await newest_messages(app.ctx.agent.tracker_store, session.conversation, most)
        except Exception as error:  # an emergency answered twice is better than one not answered at all
            logger.error("a conversation was not read: %s", type(error).__name__)
            return None

    def _begin(
        self,
        on_new_message: OnNewMessage,
        session: Session,
        body: TextBody | ButtonBody,
        record: Sequence[Event] | None,
    ) -> Turn:
        """Begins the turn of a message; what was answered to it before, by the conversation's record, is said again."""
        answered = answered_before(record or [], identity(body))

        async def answer(turn: Turn) -> None:
            text, complaint = await self._text(session, body)
            if answered or complaint:
                for one in [by_assistant(said_then) for said_then in answered] or [said(complaint or "")]:
                    await turn.say(one)
                return
            heard = turn if record is not None else Turn()
            replies = WebReplies(heard)
            message = UserMessage(text, replies, session.conversation, None, self.name(), message_id=identity(body))
            await self._converse(on_new_message, message, heard, typed=isinstance(body, TextBody))
            if record is None:
                await _say_alarms_alone(heard, turn)
            if any(one["response"] == ERASED for one in turn.messages):
                self._turns.forget(session.conversation, but=identity(body))

        return self._turns.begin(session.conversation, identity(body), answer)

    async def _text(self, session: Session, body: TextBody | ButtonBody) -> tuple[str, str | None]:
        """What the assistant is to read of a message, and the name of the words that refuse it where it can't."""
        if isinstance(body, ButtonBody):
            payload = self._sessions.payload(session, body.button)
            return payload or "", None if payload else "old_button"
        return await readable(body.text)

    async def _converse(
        self, on_new_message: OnNewMessage, message: UserMessage, turn: Turn, typed: bool = False
    ) -> None:
        """Lets the assistant answer; where it cannot, the patient gets words and the phone number."""
        try:
            await on_new_message(message)
        except Exception as error:  # whatever failed, the patient must not be left without words
            logger.error("a message was not answered: %s", type(error).__name__)
            turn.failed = True
        turn.failed |= not turn.messages
        if self._recorder:
            text = message.text if typed else None
            self._recorder.note(message.sender_id, response_names(turn.messages), text)
        if turn.failed:
            await turn.say(said("trouble"))

    def _shown(self, session: Session, messages: Sequence[Message]) -> dict[str, Any]:
        """A session as the page gets it: its messages, and the buttons of its menu."""
        return {
            "messages": [self._for_the_page(session, one) for one in messages],
            "menu": {name: self._sessions.button(session, payload) for name, payload in _MENU.items()},
        }

    def _for_the_page(self, session: Session, message: Message) -> Message:
        """A message as the page gets it: each button's payload signed for its conversation."""
        buttons = [
            {"title": button["title"], "id": self._sessions.button(session, button["payload"])}
            for button in message["buttons"]
        ]
        return {**message, "buttons": buttons}

    def _refusal(self, words: str, status: HTTPStatus, headers: dict[str, str] | None = None) -> HTTPResponse:
        return json({"messages": [said(words)]}, status, headers)

    def _too_many(self, wait: int) -> HTTPResponse:
        return self._refusal("too_many", HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(wait)})


async def _say_alarms_alone(heard: Turn, turn: Turn) -> None:
    """Says what was said without knowing the conversation where it is an alarm; anything else could mislead."""
    turn.failed = URGENT_WORDS.isdisjoint(response_names(heard.messages))
    for message in [said("trouble")] if turn.failed else heard.messages:
        await turn.say(message)


async def _settle(app: Sanic, _loop: Any) -> None:
    """Reads a first message, so that no patient waits for the files that this needs.

    What the model and the libraries have made is never garbage: to look at all of it took half a second.
    """
    agent = getattr(app.ctx, "agent", None)
    if agent is not None and agent.is_ready():
        await agent.parse_message(_FIRST_MESSAGE)
    gc.collect()
    gc.freeze()


def _address(request: Request) -> str:
    """The patient's network address; behind a proxy the one that it tells (SANIC_PROXIES_COUNT)."""
    return request.remote_addr or request.ip
