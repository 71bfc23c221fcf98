"""The website's channel: sessions that the server issues, messages as JSON, replies with signed buttons."""

from __future__ import annotations

import logging
import os
import re
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.history import by_assistant, conversation_so_far
from bot.clinic import the_clinic
from bot.insight.outcomes import response_names
from bot.insight.recorder import Recorder
from bot.storage import database_url
from bot.storage.kept_secret import kept_secret
from bot.web import page, page_file

logger = logging.getLogger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]

MOST_CHARACTERS = 1000
"""The longest message that is read."""

_WORDS_FILE = Path(__file__).with_name("words.yml")
_SECRET_FILE = Path("var/web_secret")
_SESSION_SECONDS = 24 * 60 * 60
_COMMAND_MARK = re.compile(r"^[\s/]+")
_OPENING = "/greet"


class WebReplies(OutputChannel):
    """Gathers the assistant's messages of one turn."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker."""
        return WebChannel.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps a message: its text, its buttons, and the name of its response."""
        self.messages.append(by_assistant(message.get("text"), message.get("buttons"), message.get("utter_action")))


class WebChannel(InputChannel):
    """Rasa input channel of the chat page.

    A session is a conversation id that the server draws and signs; nobody can choose or guess
    another's. A page that is reloaded shows its session and gets the conversation so far. A button
    carries its payload signed for its session, so only what was offered is taken. Typed text is
    never a command: slashes at its start are cut off.
    """

    def __init__(self, secret: str) -> None:
        self._sessions = URLSafeTimedSerializer(secret, salt="session")
        self._buttons = URLSafeSerializer(secret, salt="button")
        phone = the_clinic().phone
        words: dict[str, str] = yaml.safe_load(_WORDS_FILE.read_text(encoding="utf-8"))
        self._words = {name: text.format(phone=phone) for name, text in words.items()}
        self._recorder: Recorder | None = None

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker and in its address, /webhooks/web."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebChannel:
        """Makes the channel; its secret is `WEB_SECRET`, or drawn once and kept below var/."""
        return cls(os.environ.get("WEB_SECRET") or kept_secret(_SECRET_FILE, secrets.token_urlsafe))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes."""
        routes = Blueprint("web_channel", __name__)

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"ready": _agent_is_ready(request.app)})

        @routes.get("/<name:str>")
        async def file(request: Request, name: str) -> HTTPResponse:
            return await page_file(name)

        @routes.post("/sessions")
        async def sessions(request: Request) -> HTTPResponse:
            kept = self._conversation_of(request)
            so_far = await self._so_far(request.app, kept) if kept else []
            if so_far:
                return response.json({"token": request.token, "messages": so_far})
            conversation = secrets.token_urlsafe(24)
            messages = await self._converse(on_new_message, conversation, _OPENING)
            return response.json({"token": self._sessions.dumps(conversation), "messages": messages})

        @routes.post("/messages")
        async def messages(request: Request) -> HTTPResponse:
            conversation = self._conversation_of(request)
            if conversation is None:
                return self._refusal("session_over", HTTPStatus.UNAUTHORIZED)
            body = _json_object(request)
            if body is None:
                return self._refusal("bad_request", HTTPStatus.BAD_REQUEST)
            if "button" in body:
                return await self._pressed(on_new_message, conversation, body["button"])
            return await self._typed(on_new_message, conversation, body.get("text"))

        @routes.listener("before_server_start")
        async def serve_the_page_at_the_root(app: Sanic, _loop: Any) -> None:
            app.register_middleware(_page_at_root, "request")

        routes.listener("before_server_start")(self._begin_recording)
        routes.listener("after_server_stop")(self._end_recording)
        return routes

    async def _begin_recording(self, _app: Sanic, _loop: Any) -> None:
        self._recorder = Recorder(database_url())

    async def _end_recording(self, _app: Sanic, _loop: Any) -> None:
        if self._recorder:
            self._recorder.close()

    def _conversation_of(self, request: Request) -> str | None:
        """The conversation of the session that the request bears, if that was signed here and has not expired."""
        try:
            conversation: str = self._sessions.loads(request.token or "", max_age=_SESSION_SECONDS)
        except (BadSignature, ValueError):  # a ValueError: bytes that are no text
            return None
        return conversation

    async def _so_far(self, app: Sanic, conversation: str) -> list[dict[str, Any]]:
        """What was said in a conversation; where it cannot be read, the patient gets words and the phone number."""
        try:
            messages = await conversation_so_far(app.ctx.agent.tracker_store, conversation)
            return [self._for_the_page(conversation, one) for one in messages]
        except Exception as error:  # whatever failed, the patient must not be left without words
            logger.error("a conversation was not read: %s", type(error).__name__)
            return [self._said("trouble")]

    async def _pressed(self, on_new_message: OnNewMessage, conversation: str, button: object) -> HTTPResponse:
        """Answers a button, if it was offered in this conversation."""
        try:
            offered_to, payload = self._buttons.loads(str(button))
        except (BadSignature, ValueError):
            return self._refusal("old_button", HTTPStatus.OK)
        if offered_to != conversation:
            return self._refusal("old_button", HTTPStatus.OK)
        return response.json({"messages": await self._converse(on_new_message, conversation, payload)})

    async def _typed(self, on_new_message: OnNewMessage, conversation: str, text: object) -> HTTPResponse:
        """Answers typed text."""
        if not isinstance(text, str):
            return self._refusal("bad_request", HTTPStatus.BAD_REQUEST)
        readable = text.encode("utf-8", "ignore").decode("utf-8")  # half a surrogate pair can't be stored
        words = _COMMAND_MARK.sub("", readable).strip()
        if not words:
            return self._refusal("empty", HTTPStatus.OK)
        if len(words) > MOST_CHARACTERS:
            return self._refusal("too_long", HTTPStatus.OK)
        return response.json({"messages": await self._converse(on_new_message, conversation, words, typed=True)})

    async def _converse(
        self, on_new_message: OnNewMessage, conversation: str, text: str, typed: bool = False
    ) -> list[dict[str, Any]]:
        """Lets the assistant answer; where it cannot, the patient gets words and the phone number."""
        replies = WebReplies()
        message = UserMessage(text, replies, conversation, input_channel=self.name())
        try:
            await on_new_message(message)
        except Exception as error:  # whatever failed, the patient must not be left without words
            logger.error("a message was not answered: %s", type(error).__name__)
        if self._recorder:
            self._recorder.note(conversation, response_names(replies.messages), text if typed else None)
        return [self._for_the_page(conversation, one) for one in replies.messages] or [self._said("trouble")]

    def _for_the_page(self, conversation: str, message: dict[str, Any]) -> dict[str, Any]:
        """A message as the page gets it: each button's payload signed for this conversation."""
        buttons = [
            {"title": button["title"], "id": self._buttons.dumps([conversation, button["payload"]])}
            for button in message["buttons"]
        ]
        return {**message, "buttons": buttons}

    def _said(self, words: str) -> dict[str, Any]:
        return by_assistant(self._words[words], [], None)

    def _refusal(self, words: str, status: HTTPStatus) -> HTTPResponse:
        return response.json({"messages": [self._said(words)]}, status=status)


def _json_object(request: Request) -> dict[str, Any] | None:
    """The request's body, if it is a JSON object."""
    if request.content_type.partition(";")[0].strip() != "application/json":
        return None
    try:
        body = request.load_json()
    except Exception:  # sanic wraps whatever its JSON library raises
        return None
    return body if isinstance(body, dict) else None


def _agent_is_ready(app: Sanic) -> bool:
    agent = getattr(app.ctx, "agent", None)
    return agent is not None and agent.is_ready()


async def _page_at_root(request: Request) -> HTTPResponse | None:
    """The chat page in the place of Rasa's greeting."""
    return page(the_clinic().name) if request.path == "/" else None
